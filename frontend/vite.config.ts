import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `--mode world`: the same page over the made-up catalog. The build proper never names world/.
const world: Plugin = {
  name: 'world',
  transformIndexHtml: { order: 'pre', handler: (html) => html.replace('/src/app/main.tsx', '/world/main.tsx') },
};

// The policy the server sends; `vite preview` sends it too, so that nothing slips past it here.
const CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'";

// `npm run dev` and `vite preview` against a running server: CADASTRE_URL names it.
const server = process.env.CADASTRE_URL === undefined ? {} : { proxy: { '^/cadastre\\.': { target: process.env.CADASTRE_URL } } };

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === 'world' ? [world] : [])],
  preview: { ...server, headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY } },
  resolve: { alias: { '@': at('./src'), '@world': at('./world') } },
  server: {
    ...server,
  },
  build: {
    target: 'es2022',
    // No `data:` addresses: the content security policy allows same-origin files only.
    assetsInlineLimit: 0,
    // The ELK worker is one file of 1.6 MB, fetched only when a graph is drawn.
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: 'jsdom',
    include: ['tests/unit/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/unit/setup.ts'],
    css: false,
    testTimeout: 30_000,
  },
}));
