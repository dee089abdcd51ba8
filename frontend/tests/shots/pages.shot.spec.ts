// Every page in light and dark, English and Korean, over the made-up world: looked at by people, and checked by axe.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { assetHref } from '../../src/shared/paths';

const daily = { kind: 'dataset', namespace: 'trino://warehouse:8443', name: 'gold.sales.daily_sales' };
const orders = { kind: 'dataset', namespace: 'postgres://shop-db:5432', name: 'shop.public.orders' };
const dbt = { kind: 'job', namespace: 'dbt://hanbit', name: 'hanbit.daily_sales' };
const failed = '0198c0de-77aa-7';

interface Shot {
  name: string;
  path: string;
  who?: 'analyst' | 'steward' | '';
  act?: (page: Page) => Promise<void>;
}

const graphDrawn = (page: Page) => page.locator('.react-flow__node').first().waitFor();

const SHOTS: Shot[] = [
  { name: 'sign-in', path: '/sign-in', who: '' },
  { name: 'search', path: '/' },
  { name: 'search-korean', path: '/?q=매출' },
  { name: 'search-filtered', path: '/?q=order&kind=dataset&platform=trino&tag=silver' },
  { name: 'search-empty', path: '/?q=ordrs' },
  { name: 'search-error', path: '/?q=broken' },
  { name: 'search-denied', path: '/?q=forbidden' },
  {
    name: 'suggest',
    path: '/',
    act: async (page) => {
      await page.getByRole('combobox').first().fill('매');
      await page.getByRole('option').first().waitFor();
    },
  },
  { name: 'overview', path: assetHref(daily) },
  { name: 'schema', path: assetHref(orders, 'schema') },
  { name: 'schema-wide', path: assetHref({ ...daily, name: 'gold.sales.order_features' }, 'schema', { columns: 'feature_00' }) },
  { name: 'lineage', path: assetHref(daily, 'lineage', { depth: '3' }), act: graphDrawn },
  {
    name: 'lineage-expanded',
    path: assetHref(daily, 'lineage', { depth: '1' }),
    act: async (page) => {
      await graphDrawn(page);
      await page.locator('[data-way=upstream]').first().click();
      await page.waitForTimeout(600);
      await page.locator('.react-flow__node').first().click();
    },
  },
  { name: 'lineage-columns', path: assetHref(daily, 'lineage', { level: 'columns', depth: '4' }), act: graphDrawn },
  { name: 'lineage-table', path: assetHref(daily, 'lineage', { view: 'table', stale: '1' }) },
  { name: 'runs', path: assetHref(dbt, 'runs') },
  {
    name: 'run',
    path: assetHref(dbt, 'runs', { state: 'failed' }),
    act: async (page) => {
      await page.getByRole('button', { name: new RegExp(failed) }).first().click();
      await page.locator('pre').first().waitFor();
    },
  },
  { name: 'history', path: assetHref(daily, 'history', { from: '2026-03-01T00:00:00Z', to: '2026-06-01T00:00:00Z' }) },
  { name: 'as-of', path: assetHref(daily, 'overview', { held: '2026-03-01T00:00:00Z' }) },
  { name: 'missing', path: assetHref({ ...daily, name: 'nothing.here' }) },
  { name: 'audit', path: '/audit', who: 'steward' },
  { name: 'audit-denied', path: '/audit' },
  { name: 'no-page', path: '/no/such/page' },
];

async function show(page: Page, shot: Shot, scheme: string, language: string): Promise<void> {
  await page.addInitScript(
    ([token, colours, words]) => {
      if (token !== '') sessionStorage.setItem('cadastre.token', token ?? '');
      localStorage.setItem('mantine-color-scheme-value', colours ?? '');
      localStorage.setItem('cadastre.language', words ?? '');
    },
    [shot.who ?? 'analyst', scheme, language],
  );
  await page.goto(shot.path);
  await page.locator('#main').waitFor();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await shot.act?.(page);
  await page.waitForTimeout(350);
}

for (const scheme of ['light', 'dark']) {
  for (const language of ['en', 'ko']) {
    for (const shot of SHOTS) {
      test(`${shot.name} ${scheme} ${language}`, async ({ page }) => {
        const complaints: string[] = [];
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(error.message));
        await show(page, shot, scheme, language);
        await page.screenshot({ path: `shots/${shot.name}-${scheme}-${language}.png` });
        const axe = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
          // Zoomed out, the drawing's buttons shrink; the table view offers the same at full size (the rule's own exception).
          .disableRules(shot.name.startsWith('lineage') ? ['target-size'] : [])
          .analyze();
        expect(axe.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).slice(0, 3) }))).toEqual([]);
        expect(complaints).toEqual([]);
      });
    }
  }
}

for (const shot of SHOTS.filter(({ name }) => ['sign-in', 'search-korean', 'overview', 'lineage'].includes(name))) {
  test(`${shot.name} on a phone`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await show(page, shot, 'light', 'ko');
    await page.screenshot({ path: `shots/${shot.name}-phone.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
