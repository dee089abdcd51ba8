import { Button, CloseButton, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { plainRef } from '@/api/assetRef';
import { useMessages } from '@/messages/context';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { KindIcon } from '@/shared/icons';
import { assetParams, assetRoute } from '@/shared/paths';
import { TimeText } from '@/shared/TimeText';
import { useAssetPage } from '@/shared/useAssetPage';
import { asOfState } from '@/shared/paths';
import { type Card, cardOf, type Graph, kindWord } from './graph';
import { lineageState } from './lineageState';
import classes from './LineageTab.module.css';
import { useUrlState } from '@/shared/urlState';

const EDGES_MAX = 12;

// What is known of the chosen card, and where one can go from it.
export function NodePanel({ card, graph, onClose }: { card: Card; graph: Graph; onClose: () => void }) {
  const { m } = useMessages();
  const { time } = useAssetPage();
  const [state] = useUrlState(lineageState);
  const words: Record<string, string> = m.lineage.kind;
  const edges = [...graph.edges.values()].filter((edge) => cardOf(graph, edge.from) === card.id || cardOf(graph, edge.to) === card.id);
  return (
    <aside className={classes.panel} aria-label={m.lineage.details}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap={8}>
        <Group gap={8} wrap="nowrap">
          <KindIcon kind={card.ref.kind} size={26} />
          <h3>{card.ref.name}</h3>
        </Group>
        <CloseButton size="sm" aria-label={m.runs.close} onClick={onClose} />
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {card.ref.namespace}
      </Text>
      {card.asset !== undefined && card.asset.description !== '' && (
        <Text size="sm" mt={8}>
          {card.asset.description}
        </Text>
      )}
      <Group gap={6} mt="sm">
        <Button size="compact-sm" variant="default" component={Link} to={assetRoute('overview')} params={assetParams(card.ref) as never} search={asOfState.format(time) as never}>
          {m.lineage.open}
        </Button>
        {!card.start && (
          <Button
            size="compact-sm"
            variant="default"
            component={Link}
            to={assetRoute('lineage')}
            params={assetParams(card.ref) as never}
            search={{ ...asOfState.format(time), ...lineageState.format({ ...state, column: '' }) } as never}
          >
            {m.lineage.focus}
          </Button>
        )}
      </Group>
      <ul className={classes.neighbours}>
        {edges.slice(0, EDGES_MAX).map((edge) => (
          <li key={edge.id}>
            <AssetLink asset={graph.nodes.get(edge.from)?.ref} /> <span className={classes.dim}>{words[kindWord(edge.wire)]}</span>{' '}
            <AssetLink asset={graph.nodes.get(edge.to)?.ref} /> {edge.wire.stale && <Chip tone="warn">{m.lineage.staleMark}</Chip>}
            <div className={classes.dim}>
              {edge.wire.job !== undefined && `${plainRef(edge.wire.job).name} · `}
              <TimeText at={edge.wire.lastStatedAt} relative />
            </div>
          </li>
        ))}
      </ul>
    </aside>
  );
}
