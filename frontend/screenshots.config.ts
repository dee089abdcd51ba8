import { defineConfig } from '@playwright/test';
import { browser } from './tests/browser';

const OUT = 'node_modules/.cache/world';

export default defineConfig({
  testDir: 'tests/shots',
  workers: 1,
  timeout: 60_000,
  use: { ...browser, baseURL: 'http://127.0.0.1:4179' },
  webServer: {
    command: `npx vite build --mode world --outDir ${OUT} --logLevel warn && npx vite preview --mode world --outDir ${OUT} --host 127.0.0.1 --port 4179 --strictPort`,
    url: 'http://127.0.0.1:4179',
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
