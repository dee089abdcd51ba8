import type { AspectValue } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { AspectView } from '@/shared/aspects/AspectView';
import { Chip } from '@/shared/Chip';
import classes from './AspectRow.module.css';
import { OmittedValue } from './OmittedValue';
import { Provenance } from './Provenance';

export function AspectRow({ value }: { value: AspectValue }) {
  const { m } = useMessages();
  const aspect = value.aspect;
  const kind = aspect?.value.case;
  if (aspect === undefined || kind === undefined) return null;
  const title = aspect.value.case === 'facet' ? aspect.value.value.name : m.aspect[kind];
  return (
    <div className={classes.row}>
      <div className={classes.name}>
        <span>{title}</span>
        <Provenance sources={value.sources} />
        {value.sources.some((source) => source.claim) && (
          <Chip tone="warn" title={m.asset.claimHint}>
            {m.asset.claim}
          </Chip>
        )}
      </div>
      <div className={classes.value}>
        {value.omittedBytes > 0n ? <OmittedValue value={value} /> : <AspectView aspect={aspect} />}
      </div>
    </div>
  );
}
