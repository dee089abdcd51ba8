// What went wrong, in the few kinds a page tells apart.
import { Code, ConnectError } from '@connectrpc/connect';

export type ProblemKind = 'signedOut' | 'denied' | 'missing' | 'invalid' | 'busy' | 'late' | 'expired' | 'unavailable' | 'unknown';

export interface Problem {
  kind: ProblemKind;
  // The server's own words: they name the field and what was expected.
  detail: string;
}

const KINDS: Partial<Record<Code, ProblemKind>> = {
  [Code.Unauthenticated]: 'signedOut',
  [Code.PermissionDenied]: 'denied',
  [Code.NotFound]: 'missing',
  [Code.InvalidArgument]: 'invalid',
  [Code.ResourceExhausted]: 'busy',
  [Code.DeadlineExceeded]: 'late',
  [Code.OutOfRange]: 'expired',
  [Code.Unavailable]: 'unavailable',
};

export function problemOf(error: unknown): Problem {
  const connect = ConnectError.from(error);
  // A failed fetch has no answer at all; Connect reports it as `unknown` or `internal` around a TypeError.
  if (connect.cause instanceof TypeError) return { kind: 'unavailable', detail: '' };
  return { kind: KINDS[connect.code] ?? 'unknown', detail: connect.rawMessage };
}

// About an asset, "not allowed" and "does not exist" are one answer.
export function assetProblemOf(error: unknown): Problem {
  const problem = problemOf(error);
  return problem.kind === 'denied' || problem.kind === 'missing' ? { kind: 'missing', detail: '' } : problem;
}

export const mayRetry = (problem: Problem): boolean => problem.kind === 'busy' || problem.kind === 'unavailable';
