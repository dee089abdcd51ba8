import { TransportProvider } from '@connectrpc/connect-query';
import type { Transport } from '@connectrpc/connect';
import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import type { Language } from '@/messages/context';
import { MessagesProvider } from '@/messages/context';
import { cssVariables, theme } from '@/shared/theme';

interface AppProps {
  transport: Transport;
  queries: QueryClient;
  router: AnyRouter;
  language?: Language;
}

export function App({ transport, queries, router, language }: AppProps) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <MessagesProvider {...(language === undefined ? {} : { initial: language })}>
        <TransportProvider transport={transport}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </TransportProvider>
      </MessagesProvider>
    </MantineProvider>
  );
}
