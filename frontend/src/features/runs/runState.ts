import { toDate } from '@/api/time';
import { type Run, RunState } from '@/gen/cadastre/catalog/v1/catalog_pb';
import type { Tone } from '@/shared/Chip';
import { choice, text, urlState } from '@/shared/urlState';

export const RUN_STATES = [RunState.COMPLETE, RunState.FAILED, RunState.ABORTED, RunState.RUNNING, RunState.UNKNOWN] as const;

// In the address states stand by name, as in the contract.
export const STATE_NAMES = ['all', 'complete', 'failed', 'aborted', 'running', 'unknown'] as const;
export const stateOfName = (name: (typeof STATE_NAMES)[number]): RunState | undefined =>
  name === 'all' ? undefined : RunState[name.toUpperCase() as keyof typeof RunState];

export const runsState = urlState({ state: choice(STATE_NAMES), run: text(256) });

export const TONES: Record<RunState, Tone> = {
  [RunState.UNSPECIFIED]: 'plain',
  [RunState.RUNNING]: 'busy',
  [RunState.COMPLETE]: 'good',
  [RunState.FAILED]: 'bad',
  [RunState.ABORTED]: 'warn',
  [RunState.UNKNOWN]: 'plain',
};

export function durationMs(run: Run, now: Date): number | undefined {
  const start = toDate(run.startedAt);
  const end = toDate(run.endedAt) ?? (run.state === RunState.RUNNING ? now : undefined);
  return start === undefined || end === undefined ? undefined : Math.max(0, end.getTime() - start.getTime());
}
