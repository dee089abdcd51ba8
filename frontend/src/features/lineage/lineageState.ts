import { parseRefText, type Ref, refText } from '@/api/assetRef';
import { Direction, Level } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { choice, flag, many, text, urlState, whole } from '@/shared/urlState';
import { nodeId, type Way } from './graph';

export const DIRECTIONS = ['both', 'upstream', 'downstream'] as const;
export const LEVELS = ['assets', 'columns'] as const;
export const VIEWS = ['graph', 'table'] as const;
export const DEPTH_MAX = 20;

export const lineageState = urlState({
  direction: choice(DIRECTIONS),
  depth: whole(1, DEPTH_MAX, 2),
  level: choice(LEVELS),
  // A column's path as JSON, because a segment may hold any character.
  column: text(4096),
  stale: flag(),
  view: choice(VIEWS),
  // Steps taken beyond the first answer, in their order.
  open: many(40),
  // The card chosen in the drawing.
  node: text(4096),
});
export type LineageState = ReturnType<typeof lineageState.parse>;

export interface Step {
  id: string;
  ref: Ref;
  columnPath: string[];
  way: Way;
}

const WAY_LETTER: Record<Way, string> = { upstream: 'u', downstream: 'd' };

export const stepText = (ref: Ref, columnPath: readonly string[], way: Way): string =>
  JSON.stringify([WAY_LETTER[way], refText(ref), ...columnPath]);

export function stepOf(json: string): Step | undefined {
  const [letter, name, ...columnPath] = columnPathOf(json);
  const ref = parseRefText(name ?? '');
  if (ref === undefined || (letter !== 'u' && letter !== 'd')) return undefined;
  return { id: nodeId(ref, columnPath), ref, columnPath, way: letter === 'u' ? 'upstream' : 'downstream' };
}

export const WIRE_DIRECTION: Record<(typeof DIRECTIONS)[number], Direction> = {
  both: Direction.BOTH,
  upstream: Direction.UPSTREAM,
  downstream: Direction.DOWNSTREAM,
};
export const WIRE_LEVEL: Record<(typeof LEVELS)[number], Level> = { assets: Level.ASSET, columns: Level.COLUMN };

export function columnPathOf(json: string): string[] {
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) && parsed.every((segment) => typeof segment === 'string') ? parsed : [];
  } catch {
    return [];
  }
}
