import { ActionIcon, Popover, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { Source } from '@/gen/cadastre/catalog/v1/asset_pb';
import { useMessages } from '@/messages/context';
import { Chip } from '@/shared/Chip';
import { TimeText } from '@/shared/TimeText';
import classes from './Provenance.module.css';

// Where a value came from: who stated it, with which tool, since when.
export function Provenance({ sources }: { sources: readonly Source[] }) {
  const { m } = useMessages();
  if (sources.length === 0) return null;
  return (
    <Popover position="bottom-start" shadow="md" width={300} withArrow trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={20} aria-label={m.asset.sources}>
          <IconInfoCircle size={14} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={m.asset.sources}>
        <Text fw={600} size="sm" mb={6}>
          {m.asset.sources}
        </Text>
        {sources.map((source, index) => (
          <dl key={index} className={classes.source}>
            <dt>{m.asset.statedBy}</dt>
            <dd>
              {source.principal === '' ? m.asset.hiddenPrincipal : source.principal}{' '}
              {source.claim && (
                <Chip tone="warn" title={m.asset.claimHint}>
                  {m.asset.claim}
                </Chip>
              )}
            </dd>
            <dt>{m.asset.tool}</dt>
            <dd>{source.tool}</dd>
            <dt>{m.asset.heldAt}</dt>
            <dd>
              <TimeText at={source.heldAt} />
            </dd>
            <dt>{m.asset.committedAt}</dt>
            <dd>
              <TimeText at={source.committedAt} />
            </dd>
          </dl>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
