// Playwright's `test` on a processor as many times slower as CADASTRE_E2E_CPU_SLOWDOWN says (1: as it is), in every page of
// every context, so that what only a slow machine shows can be shown on a fast one.
import { type BrowserContext, type Page, test as plain } from '@playwright/test';

const RATE = Number(process.env.CADASTRE_E2E_CPU_SLOWDOWN ?? '1');
if (!(RATE >= 1 && RATE <= 20)) throw new Error('CADASTRE_E2E_CPU_SLOWDOWN: expected a number from 1 to 20');

async function slow(page: Page): Promise<Page> {
  if (RATE > 1) {
    const tools = await page.context().newCDPSession(page);
    await tools.send('Emulation.setCPUThrottlingRate', { rate: RATE });
  }
  return page;
}

export const newSlowedPage = async (context: BrowserContext) => slow(await context.newPage());

export const test = plain.extend({
  page: async ({ page }, give) => {
    await give(await slow(page));
  },
});
export { expect } from '@playwright/test';
