import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import { readToken } from '@/api/session';
import { CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { HighlightField, SearchService } from '@/gen/cadastre/search/v1/search_pb';
import { PAGE_ROWS } from '@/features/asset/schemaRows';
import { en } from '@/messages/en';
import { assetHref } from '@/shared/paths';
import { open } from './render';

const DAILY = { kind: 'dataset', namespace: 'trino://warehouse:8443', name: 'gold.sales.daily_sales' };
const SALARIES = { kind: 'dataset', namespace: 'trino://warehouse:8443', name: 'restricted.hr.salaries' };
const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>bold</b>';

const refusing = (code: Code) =>
  createRouterTransport(({ service }) => {
    service(CatalogService, { getAsset: () => Promise.reject(new ConnectError('secret reason', code)) });
  });

beforeEach(() => sessionStorage.clear());

describe('signing in', () => {
  test('leads back to where one wanted to go', async () => {
    const { history } = open('/?q=orders', { as: '' });
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(en.signIn.user), 'analyst');
    await user.type(screen.getByLabelText(en.signIn.password, { selector: 'input[name=password]' }), 'secret');
    await user.click(screen.getByRole('button', { name: en.signIn.submit }));
    await waitFor(() => expect(history.location.href).toBe('/?q=orders'));
    expect(readToken()).toBe('analyst');
  });

  test('a wrong pair says so and keeps nothing', async () => {
    open('/sign-in', { as: '' });
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(en.signIn.user), 'analyst');
    await user.type(screen.getByLabelText(en.signIn.password, { selector: 'input[name=password]' }), 'wrong');
    await user.click(screen.getByRole('button', { name: en.signIn.submit }));
    expect(await screen.findByRole('alert')).toHaveTextContent(en.signIn.wrong);
    expect(readToken()).toBe('');
  });

  test('a token the server refuses ends the session', async () => {
    const transport = createRouterTransport(({ service }) => {
      service(SearchService, { search: () => Promise.reject(new ConnectError('expired', Code.Unauthenticated)) });
    });
    const { history } = open('/?q=x', { transport });
    await waitFor(() => expect(history.location.pathname).toBe('/sign-in'));
    expect(readToken()).toBe('');
  });
});

describe('an asset one may not see', () => {
  const pageText = async () => {
    await screen.findByText(en.state.missingTitle);
    return document.getElementById('main')?.textContent;
  };

  test('looks exactly as one that does not exist', async () => {
    open(assetHref(DAILY), { transport: refusing(Code.PermissionDenied) });
    const denied = await pageText();
    document.body.innerHTML = '';
    open(assetHref(DAILY), { transport: refusing(Code.NotFound) });
    expect(await pageText()).toBe(denied);
    expect(denied).not.toContain('secret reason');
  });

  test('is there for the steward and missing for the analyst', async () => {
    open(assetHref(SALARIES), { as: 'steward' });
    expect(await screen.findByRole('heading', { level: 1, name: 'salaries' })).toBeVisible();
    document.body.innerHTML = '';
    open(assetHref(SALARIES));
    expect(await pageText()).toContain(en.state.missing);
  });
});

describe('metadata is text', () => {
  test('markup in a hit stays words', async () => {
    const transport = createRouterTransport(({ service }) => {
      service(SearchService, {
        search: () => ({
          total: 1n,
          hits: [{ asset: { ref: { ...DAILY, name: EVIL }, displayName: EVIL, description: EVIL }, highlights: [{ field: HighlightField.COLUMN, text: EVIL, ranges: [{ start: 0, end: 4 }] }] }],
        }),
      });
    });
    open('/', { transport });
    const heading = await screen.findByRole('heading', { level: 2 });
    expect(heading).toHaveTextContent(EVIL);
    expect(document.querySelector('#main img, #main script, #main b')).toBeNull();
  });

  test('only safe addresses become links', async () => {
    open(assetHref(DAILY));
    expect(await screen.findByRole('link', { name: /Wiki/ })).toHaveAttribute('rel', expect.stringContaining('noopener'));
    expect(screen.getByText(/javascript:alert/)).not.toHaveAttribute('href');
    expect(document.querySelector('a[href^="javascript"]')).toBeNull();
  });
});

describe('search', () => {
  test('a facet goes into the address and narrows the hits', async () => {
    const { history } = open('/?q=orders');
    const user = userEvent.setup();
    await screen.findAllByRole('article');
    const before = screen.getAllByRole('article').length;
    const kinds = screen.getAllByRole('group', { name: en.search.facet.kind })[0] ?? expect.fail('no facet');
    await user.click(within(kinds).getByRole('checkbox', { name: /Job/ }));
    await waitFor(() => expect(history.location.search).toBe('?q=orders&kind=job'));
    await waitFor(() => expect(screen.getAllByRole('article').length).toBeLessThan(before));
  });

  test('Korean is found, marked by code points, and spoken to in Korean', async () => {
    open('/?q=매출', { language: 'ko' });
    const heading = (await screen.findAllByRole('heading', { level: 2 }))[0];
    expect(heading?.querySelector('mark')).toHaveTextContent(/^매출$/);
    expect(document.documentElement.lang).toBe('ko');
  });

  test.each([
    ['/?q=zzzz', en.search.emptyTitle],
    ['/?q=broken', en.state.invalidTitle],
    ['/?q=forbidden', en.state.deniedTitle],
  ])('%s says what is the matter', async (path, title) => {
    open(path);
    expect(await screen.findByText(title)).toBeVisible();
  });

  test('suggestions are a combobox one can walk with the keyboard', async () => {
    const { history } = open('/audit');
    const user = userEvent.setup();
    const box = await screen.findByRole('combobox', { name: en.search.label });
    await user.type(box, 'daily');
    // Without a layout, Mantine takes the box for scrolled away and hides its list.
    const options = await screen.findAllByRole('option', { hidden: true });
    expect(options.length).toBeGreaterThan(1);
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(history.location.pathname).toContain('/asset/'));
  });
});

describe('a long asset', () => {
  const WIDE = { ...DAILY, name: 'gold.sales.order_features' };

  test('lists its columns page by page, and leaves the filter to the server', async () => {
    open(assetHref(WIDE, 'schema'));
    const user = userEvent.setup();
    expect(await screen.findByText(en.schema.matching(PAGE_ROWS, 1200))).toBeVisible();
    expect(document.querySelectorAll('tbody tr')).toHaveLength(PAGE_ROWS);
    await user.click(screen.getByText(en.schema.more));
    expect(await screen.findByText(en.schema.matching(2 * PAGE_ROWS, 1200))).toBeVisible();
    await user.click(screen.getByLabelText(en.schema.filter));
    await user.paste('feature_1199');
    expect(await screen.findByText('feature_1199')).toBeVisible();
    expect(await screen.findByText(en.schema.columns(1))).toBeVisible();
  }, 60_000);

  test('shows a value that was left out once it is asked for', async () => {
    open(assetHref(DAILY));
    const user = userEvent.setup();
    const facets = await screen.findByRole('region', { name: en.asset.facets });
    expect(within(facets).queryByText(/D-114/)).toBeNull();
    await user.click(within(facets).getByRole('button', { name: en.asset.showValue }));
    expect(await within(facets).findByText(/D-114/)).toBeVisible();
  });
});

test('the audit page is denied to those without the privilege', async () => {
  open('/audit');
  expect(await screen.findByText(en.state.deniedTitle)).toBeVisible();
});

test('a tab keeps the time one looks at', async () => {
  open(assetHref(DAILY, 'overview', { held: '2026-03-01T00:00:00.000Z' }));
  const tab = await screen.findByRole('link', { name: en.asset.schema });
  expect(tab.getAttribute('href')).toContain('held=2026-03-01T00%3A00%3A00.000Z');
});

test('the tab one is on is marked, however the address writes the name', async () => {
  open(assetHref(DAILY, 'schema').replaceAll('%3A', ':'));
  await waitFor(() => expect(screen.getByRole('link', { name: en.asset.schema })).toHaveAttribute('aria-current', 'page'));
  expect(screen.getByRole('link', { name: en.asset.overview })).not.toHaveAttribute('aria-current');
});

test('an unknown address stands in the frame', async () => {
  open('/no/such/page');
  expect(await screen.findByRole('heading', { level: 1, name: en.state.notFoundTitle })).toBeVisible();
  expect(screen.getByRole('navigation', { name: en.nav.menu })).toBeVisible();
});
