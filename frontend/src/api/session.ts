// Who is signed in: the token lives in this tab's sessionStorage and nowhere else.
const KEY = 'cadastre.token';

type Listener = () => void;
const listeners = new Set<Listener>();

export const readToken = (): string => sessionStorage.getItem(KEY) ?? '';

export function signInWith(token: string): void {
  sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function onSessionChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
