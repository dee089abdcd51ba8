// The door to the server: Connect over same-origin HTTP, with the session's token on every request.
import type { Interceptor, Transport } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import { readToken } from './session';

export const bearer: Interceptor = (next) => (request) => {
  const token = readToken();
  if (token !== '' && !request.header.has('Authorization')) request.header.set('Authorization', `Bearer ${token}`);
  return next(request);
};

export const httpTransport = (): Transport =>
  createConnectTransport({ baseUrl: window.location.origin, interceptors: [bearer], defaultTimeoutMs: 30_000 });
