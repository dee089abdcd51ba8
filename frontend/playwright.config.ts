import { defineConfig } from '@playwright/test';
import { browser } from './tests/browser';

// Against a real server with the demo in it. CADASTRE_URL names one that runs; without it, CADASTRE_BIN names the folder
// of the programs, and the set-up starts a server of its own and loads the demo through its doors.
const slowdown = Math.max(1, Number(process.env.CADASTRE_E2E_CPU_SLOWDOWN ?? '1'));

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/server.ts',
  workers: 1,
  // A slowed processor (see tests/e2e/slowed.ts) is given the time it takes.
  timeout: 60_000 * slowdown,
  expect: { timeout: 15_000 * slowdown },
  forbidOnly: true,
  use: { ...browser, baseURL: process.env.CADASTRE_URL ?? '', screenshot: 'only-on-failure' },
});
