import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Ref } from '@/api/assetRef';
import { asOf } from '@/api/time';
import { asOfState, refOfParams } from './paths';
import { useUrlState } from './urlState';

// Which asset the page is about, and as of when: the same for every tab.
export function useAssetPage() {
  const params: Record<string, string | undefined> = useParams({ strict: false });
  const ref: Ref = useMemo(() => refOfParams(params), [params]);
  const [time, setTime] = useUrlState(asOfState);
  return { ref, time, setTime, asOf: useMemo(() => asOf(time.held, time.known), [time]) };
}
