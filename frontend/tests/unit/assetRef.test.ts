import { describe, expect, test } from 'vitest';
import { fromSegment, parseRefText, refText, shortName, toSegment } from '@/api/assetRef';

const NAMES = [
  'shop.public.orders',
  'postgres://db:5432',
  's3://bucket/a b/../c',
  '..',
  '.',
  '',
  '~',
  '~2F',
  '100% sure?#yes',
  '주문/일별 매출',
  '\u{1F600}\u{20000}',
  'C:\\tmp\\x|y^z`{q}[0]',
  'line\nbreak\ttab',
];

describe('a name as a path segment', () => {
  test.each(NAMES)('%j comes back as it went', (name) => {
    expect(fromSegment(toSegment(name))).toBe(name);
    expect(fromSegment(decodeURIComponent(encodeURIComponent(toSegment(name))))).toBe(name);
  });

  test.each(NAMES)('%j holds nothing a proxy or the URL parser would fold', (name) => {
    const segment = toSegment(name);
    expect(segment).not.toBe('');
    expect(segment).not.toMatch(/[/\\%?#]|^\.+$/);
    const url = new URL(`http://h/asset/dataset/${encodeURIComponent(segment)}/x`);
    expect(url.pathname.split('/')).toHaveLength(5);
  });
});

describe('a name as text', () => {
  test('follows the naming of the contract', () => {
    const ref = { kind: 'dataset', namespace: 'postgres://db:5432', name: 'shop.public.orders' };
    expect(refText(ref)).toBe('dataset:postgres://db:5432#shop.public.orders');
    expect(parseRefText(refText(ref))).toEqual(ref);
  });

  test('escapes what would split it', () => {
    const ref = { kind: 'job', namespace: 'a#b%c', name: 'x#y' };
    expect(refText(ref)).toBe('job:a%23b%25c#x#y');
    expect(parseRefText(refText(ref))).toEqual(ref);
  });

  test.each(['', 'dataset', 'dataset:ns', 'dataset:ns#', ':ns#x', '#:x'])('%j is no name', (text) => {
    expect(parseRefText(text)).toBeUndefined();
  });

  test('the short name is the last part', () => {
    expect(shortName('shop.public.orders')).toBe('orders');
    expect(shortName('/warehouse/일별매출/')).toBe('일별매출');
  });
});
