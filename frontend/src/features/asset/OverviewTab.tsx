import { Text } from '@mantine/core';
import { plainRef, refText } from '@/api/assetRef';
import { AliasState, type Asset, type AspectValue } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import { useMessages } from '@/messages/context';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { LongText } from '@/shared/LongText';
import { TimeText } from '@/shared/TimeText';
import { AspectRow } from './AspectRow';
import { find } from './business';
import { OmittedValue } from './OmittedValue';
import classes from './OverviewTab.module.css';
import { Provenance } from './Provenance';
import { useAsset } from '@/shared/useAsset';

// Told elsewhere on the page.
const NOT_HERE = ['documentation', 'schema', 'displayName'];

function Family({ title, values }: { title: string; values: readonly AspectValue[] }) {
  const shown = values.filter((value) => !NOT_HERE.includes(value.aspect?.value.case ?? ''));
  if (shown.length === 0) return null;
  return (
    <section className={classes.card} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      {shown.map((value, index) => (
        <AspectRow key={`${value.aspect?.value.case ?? ''} ${index}`} value={value} />
      ))}
    </section>
  );
}

function Documentation({ asset }: { asset: Asset }) {
  const { m } = useMessages();
  const value = find(asset.business, 'documentation');
  const text = value?.aspect?.value.case === 'documentation' ? value.aspect.value.value.text : '';
  const mayRead = asset.allowed.length === 0 || asset.allowed.includes(Privilege.READ);
  return (
    <section className={classes.card} aria-label={m.asset.documentation}>
      <h2 className={classes.heading}>
        {m.asset.documentation}
        {value !== undefined && <Provenance sources={value.sources} />}
      </h2>
      {value !== undefined && value.omittedBytes > 0n ? (
        <OmittedValue value={value} />
      ) : text === '' ? (
        <Text c="dimmed">{mayRead ? m.asset.noDocumentation : m.asset.browseOnly}</Text>
      ) : (
        <div className={classes.prose}>
          <LongText text={text} />
        </div>
      )}
    </section>
  );
}

function Facts({ asset }: { asset: Asset }) {
  const { m } = useMessages();
  return (
    <aside className={classes.facts}>
      <dl>
        {asset.lastSeenAt !== undefined && (
          <>
            <dt>{m.asset.lastSeenAt}</dt>
            <dd>
              <TimeText at={asset.lastSeenAt} relative />
            </dd>
          </>
        )}
        {asset.containers.length > 0 && (
          <>
            <dt>{m.asset.containers}</dt>
            {asset.containers.map((container) => (
              <dd key={refText(plainRef(container))}>
                <AssetLink asset={container} icon />
              </dd>
            ))}
          </>
        )}
        {asset.aliases.length > 0 && (
          <>
            <dt>{m.asset.aliases}</dt>
            {asset.aliases.map((alias) => (
              <dd key={refText(plainRef(alias.ref))}>
                <AssetLink asset={alias.ref} icon>
                  {plainRef(alias.ref).name}
                </AssetLink>{' '}
                {alias.state === AliasState.CLAIMED && <Chip tone="warn">{m.asset.claim}</Chip>}
                <Text size="xs" c="dimmed">
                  {plainRef(alias.ref).namespace}
                </Text>
              </dd>
            ))}
          </>
        )}
      </dl>
    </aside>
  );
}

export function OverviewTab() {
  const { m } = useMessages();
  const { asset } = useAsset();
  if (asset === undefined) return null;
  return (
    <div className={classes.columns}>
      <div>
        <Documentation asset={asset} />
        <Family title={m.asset.business} values={asset.business} />
        <Family title={m.asset.technical} values={asset.technical} />
        <Family title={m.asset.operational} values={asset.operational} />
        <Family title={m.asset.facets} values={asset.facets} />
        {asset.facets.length < asset.facetCount && (
          <Text size="sm" c="dimmed">
            {m.asset.facetsOf(asset.facets.length, asset.facetCount)}
          </Text>
        )}
      </div>
      <Facts asset={asset} />
    </div>
  );
}
