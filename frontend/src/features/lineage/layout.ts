// Where the cards stand: ELK's layered layout, computed in a worker that is fetched when the first graph is drawn.
import type { ELK, ElkNode } from 'elkjs/lib/elk-api';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { type Card, cardOf, type Graph } from './graph';

export interface Spot {
  x: number;
  y: number;
}
export type Spots = ReadonlyMap<string, Spot>;

export const CARD_WIDTH = 224;
export const CARD_HEIGHT = 62;
export const ROW_HEIGHT = 24;

export const cardHeight = (card: Card): number => CARD_HEIGHT + (card.columns.length === 0 ? 0 : card.columns.length * ROW_HEIGHT + 8);

let elk: Promise<ELK> | undefined;

const engine = (): Promise<ELK> => {
  elk ??= import('elkjs/lib/elk-api.js').then(
    ({ default: Elk }) => new Elk({ workerFactory: () => new Worker(workerUrl) }),
  );
  return elk;
};

// What ELK is asked. Edges between columns become one edge between their cards.
export function toElk(graph: Graph, cards: ReadonlyMap<string, Card>): ElkNode {
  const pairs = new Map<string, [string, string]>();
  for (const edge of graph.edges.values()) {
    const from = cardOf(graph, edge.from);
    const to = cardOf(graph, edge.to);
    if (from !== to) pairs.set(JSON.stringify([from, to]), [from, to]);
  }
  return {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.layered.spacing.nodeNodeBetweenLayers': '68',
      'elk.spacing.nodeNode': '22',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    },
    children: [...cards.values()].map((card) => ({ id: card.id, width: CARD_WIDTH, height: cardHeight(card) })),
    edges: [...pairs].map(([id, [from, to]]) => ({ id, sources: [from], targets: [to] })),
  };
}

export async function arrange(graph: Graph, cards: ReadonlyMap<string, Card>): Promise<Spots> {
  const placed = await (await engine()).layout(toElk(graph, cards));
  return new Map((placed.children ?? []).map((child) => [child.id, { x: child.x ?? 0, y: child.y ?? 0 }]));
}
