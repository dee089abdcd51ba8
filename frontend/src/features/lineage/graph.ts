// What is known of the lineage so far: the first answer, and every step expanded since, merged by name.
import { plainRef, type Ref, refText } from '@/api/assetRef';
import type { AssetSummary } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { EdgeKind, type GetLineageResponse, type LineageEdge, TruncatedReason } from '@/gen/cadastre/lineage/v1/lineage_pb';

export type Way = 'upstream' | 'downstream';

export interface GraphNode {
  id: string;
  ref: Ref;
  asset: AssetSummary | undefined;
  columnPath: string[];
  hops: number;
  // -1 upstream of the start, 1 downstream, 0 the start; undefined where it was reached by turning round.
  side: number | undefined;
  // Neighbours not shown yet; undefined where nobody has asked.
  more: Partial<Record<Way, number>>;
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  wire: LineageEdge;
}

export interface Graph {
  // The asset the walk began at, as text.
  start: string;
  nodes: ReadonlyMap<string, GraphNode>;
  edges: ReadonlyMap<string, GraphEdge>;
  // Why the last answer was cut; empty where it was whole.
  truncated: string;
}

export interface Expansion {
  of: string;
  way: Way;
  answer: GetLineageResponse;
}

export const EMPTY: Graph = { start: '', nodes: new Map(), edges: new Map(), truncated: '' };

export const nodeId = (ref: Ref, columnPath: readonly string[]): string =>
  columnPath.length === 0 ? refText(ref) : `${refText(ref)} ${JSON.stringify(columnPath)}`;

const SIGN: Record<Way, number> = { upstream: -1, downstream: 1 };
const WAYS: readonly Way[] = ['upstream', 'downstream'];

type KindWord = 'consumes' | 'produces' | 'derives' | 'triggers' | 'alias';

const KIND_WORDS: Record<EdgeKind, KindWord | ''> = {
  [EdgeKind.UNSPECIFIED]: '',
  [EdgeKind.CONSUMES]: 'consumes',
  [EdgeKind.PRODUCES]: 'produces',
  [EdgeKind.DERIVES]: 'derives',
  [EdgeKind.TRIGGERS]: 'triggers',
  [EdgeKind.ALIAS]: 'alias',
};

export const kindWord = (edge: LineageEdge): string => KIND_WORDS[edge.kind];

// What the messages call the limit an answer met; empty where it is whole.
const limitOf = (answer: GetLineageResponse): string => {
  if (!answer.truncated) return '';
  if (answer.truncatedReason === TruncatedReason.DEPTH) return 'depth';
  if (answer.truncatedReason === TruncatedReason.HISTORY) return 'history';
  return answer.truncatedReason === TruncatedReason.EDGES ? 'edges' : 'max_nodes';
};

// Indexes mean something within one answer only; here they become names.
function read(answer: GetLineageResponse): { ids: Map<number, string>; edges: GraphEdge[] } {
  const ids = new Map([...answer.nodes, ...answer.earlier].map((node) => [node.index, nodeId(plainRef(node.asset?.ref), node.column?.path ?? [])]));
  const edges = answer.edges.flatMap((wire) => {
    const from = ids.get(wire.from);
    const to = ids.get(wire.to);
    if (from === undefined || to === undefined) return [];
    const job = wire.job === undefined ? '' : refText(plainRef(wire.job));
    return [{ id: JSON.stringify([from, wire.kind, to, job]), from, to, wire }];
  });
  return { ids, edges };
}

// `start` is the asset asked for: other names of it stand at hop 0 as well.
export function firstGraph(answer: GetLineageResponse, start: Ref): Graph {
  const { ids, edges } = read(answer);
  const nodes = new Map<string, GraphNode>();
  for (const node of answer.nodes) {
    const id = ids.get(node.index) ?? '';
    const more = Object.fromEntries(WAYS.filter((way) => SIGN[way] === node.side).map((way) => [way, node.more]));
    nodes.set(id, { id, ref: plainRef(node.asset?.ref), asset: node.asset, columnPath: node.column?.path ?? [], hops: node.hops, side: node.side, more });
  }
  return { start: refText(start), nodes, edges: new Map(edges.map((edge) => [edge.id, edge])), truncated: limitOf(answer) };
}

export function expand(graph: Graph, { of, way, answer }: Expansion): Graph {
  const origin = graph.nodes.get(of);
  if (origin === undefined) return graph;
  const { ids, edges } = read(answer);
  const nodes = new Map(graph.nodes);
  const limit = limitOf(answer);
  const cut = limit === 'edges' || limit === 'max_nodes';
  for (const node of answer.nodes) {
    const id = ids.get(node.index) ?? '';
    const known = nodes.get(id);
    if (known !== undefined) {
      // What was once shown whole stays so: the new answer may count neighbours that are already here.
      const left = id === of ? (cut ? node.more : 0) : Math.min(known.more[way] ?? Infinity, node.more);
      nodes.set(id, { ...known, more: { ...known.more, [way]: left } });
      continue;
    }
    nodes.set(id, {
      id,
      ref: plainRef(node.asset?.ref),
      asset: node.asset,
      columnPath: node.column?.path ?? [],
      hops: origin.hops + node.hops,
      side: origin.side === 0 || origin.side === SIGN[way] ? SIGN[way] : undefined,
      more: { [way]: node.more },
    });
  }
  const merged = new Map(graph.edges);
  for (const edge of edges) merged.set(edge.id, edge);
  const truncated = cut ? limit : graph.truncated;
  return { start: graph.start, nodes, edges: merged, truncated };
}

// Whether a step that way could show something new: known to, or not yet asked.
export const mayExpand = (node: GraphNode, way: Way): boolean => {
  const more = node.more[way];
  if (more !== undefined) return more > 0;
  return node.side !== 0;
};

// Cards of the drawing: an asset each, holding its columns where the walk was over columns.
export interface Card {
  id: string;
  ref: Ref;
  asset: AssetSummary | undefined;
  start: boolean;
  columns: GraphNode[];
  node: GraphNode;
}

export function cardsOf(graph: Graph): Map<string, Card> {
  const cards = new Map<string, Card>();
  for (const node of graph.nodes.values()) {
    const id = refText(node.ref);
    const card = cards.get(id) ?? { id, ref: node.ref, asset: node.asset, start: false, columns: [], node };
    if (node.columnPath.length > 0) card.columns.push(node);
    if (node.hops < card.node.hops) card.node = node;
    card.start ||= id === graph.start;
    cards.set(id, card);
  }
  return cards;
}

export const cardOf = (graph: Graph, id: string): string => refText(graph.nodes.get(id)?.ref ?? { kind: '', namespace: '', name: '' });
