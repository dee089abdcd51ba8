import { Button, Group, Table } from '@mantine/core';
import { useMessages } from '@/messages/context';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { TimeText } from '@/shared/TimeText';
import { type Graph, type GraphNode, kindWord, mayExpand, type Way } from './graph';
import classes from './LineageTab.module.css';

interface LineageTableProps {
  graph: Graph;
  busy: string;
  onExpand: (node: GraphNode, way: Way) => void;
}

const nameOf = (node: GraphNode) => (node.columnPath.length === 0 ? node.ref.name : `${node.ref.name} · ${node.columnPath.join('.')}`);

const Named = ({ node }: { node: GraphNode | undefined }) =>
  node === undefined ? null : (
    <AssetLink asset={node.ref} icon>
      {nameOf(node)}
    </AssetLink>
  );

// The same graph for those who cannot, or would rather not, see it drawn.
export function LineageTable({ graph, busy, onExpand }: LineageTableProps) {
  const { m } = useMessages();
  const words: Record<string, string> = m.lineage.kind;
  const nodes = [...graph.nodes.values()].sort((a, b) => (a.side ?? 2) - (b.side ?? 2) || a.hops - b.hops || a.id.localeCompare(b.id));
  const sides: Record<string, string> = { '-1': m.lineage.upstream, '0': m.lineage.start, '1': m.lineage.downstream };
  const step = (node: GraphNode, way: Way) =>
    mayExpand(node, way) && (
      <Button
        size="compact-xs"
        variant="default"
        loading={busy === `${node.id} ${way}`}
        disabled={busy !== ''}
        onClick={() => onExpand(node, way)}
      >
        + {m.lineage[way]} <span className="visually-hidden">{way === 'upstream' ? m.lineage.expandUp(nameOf(node)) : m.lineage.expandDown(nameOf(node))}</span>
        {(node.more[way] ?? 0) > 0 && ` (${node.more[way] ?? 0})`}
      </Button>
    );

  return (
    <>
      <h2 className={classes.heading}>{m.lineage.nodesTitle(nodes.length)}</h2>
      <div className={classes.frame}>
        <Table className={classes.table ?? ''} verticalSpacing={6} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{m.lineage.asset}</Table.Th>
              <Table.Th>{m.lineage.side}</Table.Th>
              <Table.Th>{m.lineage.depth}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{m.lineage.expand}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map((node) => (
              <Table.Tr key={node.id}>
                <Table.Td>
                  <Named node={node} /> {node.asset?.dropped === true && <Chip tone="warn">{m.search.dropped}</Chip>}
                </Table.Td>
                <Table.Td>{sides[String(node.side)] ?? '–'}</Table.Td>
                <Table.Td>{node.hops}</Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    {step(node, 'upstream')}
                    {step(node, 'downstream')}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <h2 className={classes.heading}>{m.lineage.connections(graph.edges.size)}</h2>
      <div className={classes.frame}>
        <Table className={classes.table ?? ''} verticalSpacing={6} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{m.lineage.from}</Table.Th>
              <Table.Th>{m.lineage.how}</Table.Th>
              <Table.Th>{m.lineage.to}</Table.Th>
              <Table.Th>{m.lineage.via}</Table.Th>
              <Table.Th>{m.lineage.lastStated}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...graph.edges.values()].map((edge) => (
              <Table.Tr key={edge.id}>
                <Table.Td>
                  <Named node={graph.nodes.get(edge.from)} />
                </Table.Td>
                <Table.Td>
                  {words[kindWord(edge.wire)]} {edge.wire.stale && <Chip tone="warn">{m.lineage.staleMark}</Chip>}{' '}
                  {edge.wire.columns.some((pair) => pair.masking) && <Chip>{m.lineage.masking}</Chip>}
                </Table.Td>
                <Table.Td>
                  <Named node={graph.nodes.get(edge.to)} />
                </Table.Td>
                <Table.Td>{edge.wire.job !== undefined && <AssetLink asset={edge.wire.job} icon />}</Table.Td>
                <Table.Td>
                  <TimeText at={edge.wire.lastStatedAt} relative />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}
