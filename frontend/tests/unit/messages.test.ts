import { expect, test } from 'vitest';
import { en } from '@/messages/en';
import { ko } from '@/messages/ko';

type Leaf = [path: string, value: unknown];
const leaves = (value: unknown, path = ''): Leaf[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => leaves(each, `${path}.${key}`)) : [[path, value]];

// The compiler refuses a missing key; this sees what it cannot: empty words and words left in English.
const SAME_IN_BOTH = new Set(['.product', '.schema.required', '.audit.assetHint']);

test('every message is said in every language', () => {
  const korean = new Map(leaves(ko));
  expect([...korean.keys()].sort()).toEqual(leaves(en).map(([path]) => path).sort());
  for (const [path, value] of leaves(en)) {
    const other = korean.get(path);
    expect(typeof other, path).toBe(typeof value);
    if (typeof value !== 'string') continue;
    expect((other as string).trim(), path).not.toBe('');
    if (!SAME_IN_BOTH.has(path)) expect(other, path).not.toBe(value);
  }
});
