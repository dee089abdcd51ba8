import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Ref, refText } from '@/api/assetRef';
import { Direction, EdgeKind, type GetLineageRequest, type GetLineageResponseSchema, Level } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { ASSETS, COLUMN_EDGES, EDGES } from './assets';
import { ago, assetOf, summaryOf } from './catalog';

interface Spot {
  ref: Ref;
  path: string[];
}
interface Step {
  from: Spot;
  to: Spot;
  stale: boolean;
}

const keyOf = (spot: Spot) => `${refText(spot.ref)} ${spot.path.join('.')}`;

function stepsOf(request: GetLineageRequest): Step[] {
  if (request.level === Level.COLUMN) {
    return COLUMN_EDGES.map(([from, a, to, b]) => ({ from: { ref: from, path: [a] }, to: { ref: to, path: [b] }, stale: false }));
  }
  return EDGES.filter((edge) => request.includeStale || edge.stale !== true).map((edge) => ({
    from: { ref: edge.from, path: [] },
    to: { ref: edge.to, path: [] },
    stale: edge.stale ?? false,
  }));
}

function startsOf(request: GetLineageRequest, ref: Ref, steps: readonly Step[]): Spot[] {
  if (request.level !== Level.COLUMN) return [{ ref, path: [] }];
  const asked = request.column?.path ?? [];
  if (asked.length > 0) return [{ ref, path: asked }];
  const spots = steps.flatMap((step) => [step.from, step.to]).filter((spot) => refText(spot.ref) === refText(ref));
  return [...new Map(spots.map((spot) => [keyOf(spot), spot])).values()];
}

export function lineage(request: GetLineageRequest, secrets: boolean): MessageInitShape<typeof GetLineageResponseSchema> {
  const start = assetOf(request.asset, secrets).ref;
  const steps = stepsOf(request);
  const nodes = new Map<string, { spot: Spot; hops: number; side: number }>();
  for (const spot of startsOf(request, start, steps)) nodes.set(keyOf(spot), { spot, hops: 0, side: 0 });
  const first = [...nodes.values()].map((node) => node.spot);
  const depth = request.depth === 0 ? 5 : request.depth;
  const walk = (side: number) => {
    let edge = first;
    for (let hops = 1; hops <= depth; hops += 1) {
      const next: Spot[] = [];
      for (const spot of edge) {
        for (const step of steps) {
          const [near, far] = side < 0 ? [step.to, step.from] : [step.from, step.to];
          if (keyOf(near) !== keyOf(spot) || nodes.has(keyOf(far))) continue;
          nodes.set(keyOf(far), { spot: far, hops, side });
          next.push(far);
        }
      }
      edge = next;
    }
  };
  if (request.direction !== Direction.DOWNSTREAM) walk(-1);
  if (request.direction !== Direction.UPSTREAM) walk(1);

  const index = new Map([...nodes.keys()].map((key, at) => [key, at]));
  const more = ({ spot, side }: { spot: Spot; side: number }) =>
    steps.filter((step) => keyOf(side < 0 ? step.to : step.from) === keyOf(spot) && !nodes.has(keyOf(side < 0 ? step.from : step.to))).length;
  const summary = (ref: Ref) => {
    const found = ASSETS.find((asset) => refText(asset.ref) === refText(ref));
    return found === undefined ? { ref } : summaryOf(found);
  };
  return {
    nodes: [...nodes.values()].map((node, at) => ({ index: at, asset: summary(node.spot.ref), column: { path: node.spot.path }, hops: node.hops, side: node.side, more: node.side === 0 ? 0 : more(node) })),
    edges: steps.flatMap((step) => {
      const from = index.get(keyOf(step.from));
      const to = index.get(keyOf(step.to));
      if (from === undefined || to === undefined) return [];
      const kind = step.from.path.length > 0 ? EdgeKind.DERIVES : step.to.ref.kind === 'job' ? EdgeKind.CONSUMES : step.from.ref.kind === 'job' ? EdgeKind.PRODUCES : EdgeKind.DERIVES;
      return [{ from, to, kind, stale: step.stale, lastStatedAt: ago(step.stale ? 1400 : 3) }];
    }),
    truncated: false,
  };
}
