import { createRouterTransport } from '@connectrpc/connect';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { AuditService, Outcome } from '@/gen/cadastre/audit/v1/audit_pb';
import { AuthzService } from '@/gen/cadastre/authz/v1/authz_pb';
import { CatalogService, RunState } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import { SearchService } from '@/gen/cadastre/search/v1/search_pb';
import { en } from '@/messages/en';
import { assetHref } from '@/shared/paths';
import { open } from './render';

const JOB = { kind: 'job', namespace: 'airflow', name: 'load_orders' };

// Answers that a test lets go when it has looked.
function gate() {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { opened, release: () => release() };
}

const slowWorld = (held: Promise<void>) =>
  createRouterTransport(({ service }) => {
    service(AuthzService, { whoAmI: () => ({ principal: { id: 'auditor' }, privileges: [Privilege.AUDIT] }) });
    service(SearchService, {
      search: async ({ query }) => {
        if (query === 'second') await held;
        return { total: 1n, hits: [{ asset: { ref: JOB, displayName: `hit of ${query}` } }] };
      },
      suggest: () => ({}),
    });
    service(CatalogService, {
      getAsset: () => ({ asset: { summary: { ref: JOB } } }),
      listRuns: async ({ states }) => {
        if (states.length > 0) await held;
        return { runs: [{ runId: states.length > 0 ? 'failed-run' : 'any-run', state: states[0] ?? RunState.COMPLETE }] };
      },
    });
    service(AuditService, {
      listRecords: async ({ principal }) => {
        if (principal !== '') await held;
        return { records: [{ index: 1n, principal: principal === '' ? 'anybody' : 'somebody else', operation: 'x', outcome: Outcome.OK }] };
      },
    });
  });

beforeEach(() => sessionStorage.clear());

// What stands under `words` while the next answer is awaited, and that it is replaced afterwards.
async function oldIsMarked(before: string, after: string, letGo: () => void) {
  await waitFor(() => expect(screen.getByText(before).closest('[aria-busy=true]')).not.toBeNull());
  expect(screen.getAllByText(en.state.awaited).some((each) => each.closest('[role=status]') !== null && each.closest('[aria-busy=true]') === null)).toBe(true);
  letGo();
  expect((await screen.findByText(after)).closest('[aria-busy=true]')).toBeNull();
  expect(screen.queryByText(before)).toBeNull();
  expect(screen.queryByText(en.state.awaited)).toBeNull();
}

test('hits of the search before are marked while a new one runs', async () => {
  const { opened, release } = gate();
  open('/?q=first', { transport: slowWorld(opened) });
  const user = userEvent.setup();
  expect((await screen.findByText('hit of first')).closest('[aria-busy=true]')).toBeNull();
  expect(screen.getByText(en.search.total(1))).toBeVisible();
  const box = screen.getByRole('combobox', { name: en.search.label });
  await user.clear(box);
  await user.type(box, 'second{Enter}');
  await screen.findByRole('heading', { level: 1, name: 'second' });
  // Nor is the old number given for the new question.
  expect(screen.queryByText(en.search.total(1))).toBeNull();
  await oldIsMarked('hit of first', 'hit of second', release);
});

test('runs of the filter before are marked while new ones are awaited', async () => {
  const { opened, release } = gate();
  open(assetHref(JOB, 'runs'), { transport: slowWorld(opened) });
  const user = userEvent.setup();
  await screen.findByText('any-run');
  const filter = screen.getByRole('radiogroup', { name: en.runs.filter });
  await user.click(within(filter).getByText(en.runs.state[RunState.FAILED]));
  await oldIsMarked('any-run', 'failed-run', release);
});

test('records of the filter before are marked while new ones are awaited', async () => {
  const { opened, release } = gate();
  const { router } = open('/audit', { transport: slowWorld(opened) });
  await screen.findByText('anybody');
  await router.navigate({ to: '/audit', search: { principal: 'x' } });
  await oldIsMarked('anybody', 'somebody else', release);
});

test('the content says which address it answers', async () => {
  const { opened } = gate();
  const { history } = open('/?q=first', { transport: slowWorld(opened) });
  await screen.findByText('hit of first');
  await waitFor(() => expect(document.getElementById('main')?.dataset.answered).toBe(history.location.href));
});
