import { text, urlState } from '@/shared/urlState';

// Only a path of this site is a way back; anything else would send people elsewhere after signing in.
export const safeNext = (next: string): string =>
  next.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';

export const signInState = urlState({ next: text(2048) });
