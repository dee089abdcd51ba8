import { moment, urlState } from '@/shared/urlState';

// The two dates compared, by what was true then.
export const historyState = urlState({ from: moment(), to: moment() });
