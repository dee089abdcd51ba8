// Signing in as the demo's people, and checks every page has to pass.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

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
}

// Axe in the colours of now, and in the other ones.
export async function accessible(page: Page, without: string[] = []): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForTimeout(250);
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
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

export const total = async (page: Page): Promise<number> => {
  const words = page.getByText(/^[\d,]+ results?$/);
  await expect(words).toBeVisible();
  return Number((await words.innerText()).replace(/\D/g, ''));
};
