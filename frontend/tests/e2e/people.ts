// Signing in as the demo's people, and checks every page has to pass.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { settled, wordsOf } from './settled';

export type Who = 'ANALYST' | 'STEWARD';

const pairOf = (who: Who): [string, string] => {
  const pair = process.env[`CADASTRE_E2E_${who}`] ?? '';
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
};

export async function signIn(page: Page, who: Who): Promise<void> {
  const [user, password] = pairOf(who);
  await page.goto('/sign-in');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).last().fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
  await settled(page);
}

// Waits until colours have stopped changing: axe measures what is on the screen.
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ends = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ends.map((each) => each.finished));
  });
}

// Axe in the colours of now, and in the other ones.
export async function accessible(page: Page, without: string[] = []): Promise<void> {
  // The sign-in page has no content that is awaited.
  if (!new URL(page.url()).pathname.startsWith('/sign-in')) await settled(page);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await still(page);
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .disableRules(without)
      .analyze();
    expect(violations.map(({ id, nodes }) => `${scheme} ${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

export async function search(page: Page, query: string): Promise<void> {
  const box = page.getByRole('combobox', { name: 'Search the catalog' });
  await box.fill(query);
  await box.press('Enter');
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === query);
  await settled(page);
}

export const total = async (page: Page): Promise<number> => {
  const words = await wordsOf(page.getByText(/^[\d,]+ results?$/));
  return Number(words.replace(/\D/g, ''));
};
