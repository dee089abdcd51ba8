import '@mantine/core/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import '@/shared/global.css';
import type { Transport } from '@connectrpc/connect';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { newQueryClient } from '@/api/queries';
import { App } from './App';
import { newRouter } from './router';

export function start(transport: Transport): void {
  const host = document.getElementById('root');
  if (host === null) throw new Error('index.html has no #root');
  createRoot(host).render(
    <StrictMode>
      <App transport={transport} queries={newQueryClient()} router={newRouter()} />
    </StrictMode>,
  );
}
