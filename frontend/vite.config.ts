import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': at('./src'), '@world': at('./world') } },
  server: {
    // `npm run dev` against a running server: CADASTRE_URL names it.
    proxy: process.env.CADASTRE_URL ? { '^/cadastre\\.': { target: process.env.CADASTRE_URL } } : {},
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
  },
});
