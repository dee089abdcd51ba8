import { ActionIcon, CopyButton, Group, Text, Title, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy, IconRosetteDiscountCheck, IconTrash, IconUser } from '@tabler/icons-react';
import { plainRef, refText, shortName } from '@/api/assetRef';
import type { Asset } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { KindIcon } from '@/shared/icons';
import { AsOfBar, type AsOfTime } from './AsOfBar';
import classes from './AssetHeader.module.css';
import { businessOf } from './business';

interface AssetHeaderProps {
  asset: Asset;
  time: AsOfTime;
  onTime: (time: AsOfTime) => void;
}

function Breadcrumb({ asset }: { asset: Asset }) {
  const ref = plainRef(asset.ref);
  return (
    <div className={classes.crumbs}>
      <span>{ref.namespace}</span>
      {asset.containers.map((container) => (
        <span key={refText(plainRef(container))}>
          <span aria-hidden>› </span>
          <AssetLink asset={container} />
        </span>
      ))}
    </div>
  );
}

export function AssetHeader({ asset, time, onTime }: AssetHeaderProps) {
  const { m } = useMessages();
  const ref = plainRef(asset.ref);
  const summary = asset.summary;
  const { certification, deprecation } = businessOf(asset);
  const title = summary === undefined || summary.displayName === '' ? shortName(ref.name) : summary.displayName;

  return (
    <div>
      <div className={classes.top}>
        <KindIcon kind={ref.kind} size={44} />
        <div className={classes.names}>
          <Breadcrumb asset={asset} />
          <Title order={1} className={classes.title}>
            {title}
          </Title>
          <Group gap={4} wrap="nowrap" className={classes.full}>
            <code>{ref.name}</code>
            <CopyButton value={refText(ref)}>
              {({ copied, copy }) => (
                <Tooltip label={copied ? m.asset.copied : m.asset.copyName}>
                  <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={copied ? m.asset.copied : m.asset.copyName}>
                    {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
                  </ActionIcon>
                </Tooltip>
              )}
            </CopyButton>
          </Group>
        </div>
        <div className={classes.time}>
          <AsOfBar time={time} onChange={onTime} />
        </div>
      </div>

      <Group gap={6} mt="sm">
        {certification !== undefined && (
          <Chip tone="good" icon={<IconRosetteDiscountCheck size={13} aria-hidden />} title={certification.note}>
            {certification.level === '' || certification.level === 'certified' ? m.asset.certified : certification.level}
          </Chip>
        )}
        {summary !== undefined && summary.subtype !== '' && <Chip>{summary.subtype.toLowerCase()}</Chip>}
        {summary !== undefined && summary.platform !== '' && <Chip>{summary.platform}</Chip>}
        {summary !== undefined && summary.environment !== '' && <Chip>{summary.environment}</Chip>}
        {summary?.domain !== undefined && (
          <Chip tone="accent">
            <AssetLink asset={summary.domain} />
          </Chip>
        )}
        {summary?.tags.map((tag) => <Chip key={tag}>#{tag}</Chip>)}
        {summary?.owners.map((owner) => (
          <Chip key={owner} icon={<IconUser size={12} aria-hidden />}>
            {owner}
          </Chip>
        ))}
      </Group>

      {deprecation?.deprecated === true && (
        <div className={classes.notice} data-tone="warn">
          <IconAlertTriangle size={16} aria-hidden />
          <Text size="sm">
            <strong>{m.asset.deprecated}.</strong> {deprecation.note}{' '}
            {deprecation.replacement !== undefined && (
              <>
                {m.asset.replacement} <AssetLink asset={deprecation.replacement} icon />
              </>
            )}
          </Text>
        </div>
      )}
      {summary?.deleted === true && (
        <div className={classes.notice} data-tone="bad">
          <IconTrash size={16} aria-hidden />
          <Text size="sm">{m.asset.deletedNote}</Text>
        </div>
      )}
      {summary?.dropped === true && (
        <div className={classes.notice} data-tone="warn">
          <IconTrash size={16} aria-hidden />
          <Text size="sm">{m.asset.droppedNote}</Text>
        </div>
      )}
    </div>
  );
}
