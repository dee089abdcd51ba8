// The whole web UI over the made-up world, or over a transport of the test's own.
import type { Transport } from '@connectrpc/connect';
import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { newQueryClient } from '@/api/queries';
import { signInWith, signOut } from '@/api/session';
import { App } from '@/app/App';
import { newRouter } from '@/app/router';
import type { Language } from '@/messages/context';
import { worldTransport } from '@world/transport';

interface Options {
  as?: 'analyst' | 'steward' | '';
  transport?: Transport;
  language?: Language;
}

export function open(path: string, { as = 'analyst', transport = worldTransport(), language = 'en' }: Options = {}) {
  if (as === '') signOut();
  else signInWith(as);
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = newRouter(history);
  render(<App transport={transport} queries={newQueryClient()} router={router} language={language} />);
  return { history, router };
}
