import { Direction, Level } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { choice, flag, text, urlState, whole } from '@/shared/urlState';

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
});
export type LineageState = ReturnType<typeof lineageState.parse>;

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
