import { describe, expect, test } from 'vitest';
import { stepOf, stepText } from '@/features/lineage/lineageState';
import { searchState, type SearchState, toggle } from '@/features/search/searchState';
import { safeNext } from '@/features/signin/signInState';
import { asOfState } from '@/shared/paths';
import { flag, formatQuery, parseQuery, urlState, whole } from '@/shared/urlState';

const roundTrip = (state: SearchState) => searchState.parse(parseQuery(formatQuery(searchState.format(state)).slice(1)));

describe('search state in the address', () => {
  const empty = searchState.parse({});

  test.each<Partial<SearchState>>([
    {},
    { q: '일별 매출을 "정확히" -테스트 & owner:kim' },
    { q: 'a+b=c%20#?' },
    { kind: ['dataset', 'job'], tag: ['pii', '개인정보'], order: 'updated' },
    { q: '123', owner: ['true'] },
  ])('%j comes back as it went', (change) => {
    const state = { ...empty, ...change };
    expect(roundTrip(state)).toEqual(state);
  });

  test('what is default is left out', () => {
    expect(formatQuery(searchState.format(empty))).toBe('');
  });

  test('nonsense falls back to the default', () => {
    expect(searchState.parse({ order: 'rubbish', kind: 7, q: ['a', 'b'] })).toEqual({ ...empty, q: 'a' });
    expect(searchState.parse({ tag: ['x', 'x', ''] }).tag).toEqual(['x']);
  });

  test('a facet value toggles', () => {
    const once = { ...empty, ...toggle(empty, 'tag', 'pii') };
    expect(once.tag).toEqual(['pii']);
    expect({ ...once, ...toggle(once, 'tag', 'pii') }).toEqual(empty);
  });
});

test('numbers stay within their bounds and flags are 1', () => {
  const codec = urlState({ depth: whole(1, 20, 2), stale: flag() });
  expect(codec.parse({ depth: '21', stale: '1' })).toEqual({ depth: 2, stale: true });
  expect(codec.parse({ depth: '3.5' })).toEqual({ depth: 2, stale: false });
  expect(codec.format({ depth: 5, stale: false })).toEqual({ depth: '5' });
});

test('steps through lineage come back as they went, and nonsense is none', () => {
  const ref = { kind: 'dataset', namespace: 'postgres://db:5432', name: 'a "b".ü#c' };
  expect(stepOf(stepText(ref, ['x.y', 'z'], 'upstream'))).toMatchObject({ ref, columnPath: ['x.y', 'z'], way: 'upstream' });
  for (const bad of ['', 'x', '[]', '["u"]', '["x","dataset:n#a"]', '["u","dataset"]', '{"u":1}']) expect(stepOf(bad)).toBeUndefined();
});

test('a moment is one moment in every time zone', () => {
  expect(asOfState.parse({ held: '2026-08-01T09:00:00+09:00', known: 'yesterday' })).toEqual({
    held: '2026-08-01T00:00:00.000Z',
    known: '',
  });
});

test('after signing in only paths of this site are followed', () => {
  expect(safeNext('/asset/dataset/x/y?held=1')).toBe('/asset/dataset/x/y?held=1');
  for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '']) expect(safeNext(bad)).toBe('/');
});
