import { defineConfig } from '@playwright/test';
import { browser } from './tests/browser';

// Against a real server with the demo in it. CADASTRE_URL names one that runs; without it, CADASTRE_BIN names the folder
// of the programs, and the set-up starts a server of its own and loads the demo through its doors.
export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/server.ts',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: { ...browser, baseURL: process.env.CADASTRE_URL ?? '', screenshot: 'only-on-failure' },
});
