// One cache for all pages. A refused token ends the session wherever it is noticed.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { mayRetry, problemOf } from './problem';
import { signOut } from './session';

const noticeRefusal = (error: unknown) => {
  if (problemOf(error).kind === 'signedOut') signOut();
};

export const newQueryClient = (): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({ onError: noticeRefusal }),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && mayRetry(problemOf(error)),
        retryDelay: (failures) => 400 * 2 ** failures,
      },
    },
  });
