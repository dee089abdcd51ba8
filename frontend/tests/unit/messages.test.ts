import type { DescMessage } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { AspectSchema } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { en } from '@/messages/en';
import { ko } from '@/messages/ko';
import { KOREAN_FIELDS } from '@/messages/koFields';

type Leaf = [path: string, value: unknown];
const leaves = (value: unknown, path = ''): Leaf[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => leaves(each, `${path}.${key}`)) : [[path, value]];

// The compiler refuses a missing key; this sees what it cannot: empty words and words left in English.
const SAME_IN_BOTH = new Set(['.product', '.schema.required', '.audit.assetHint']);

// Of the aspect's messages alone: references have a view of their own.
const fieldNames = (desc: DescMessage, known = new Set<string>()): Set<string> => {
  for (const field of desc.fields) {
    known.add(field.name);
    if (field.message?.typeName.startsWith('cadastre.catalog.v1.') === true && !field.message.typeName.endsWith('.AssetRef') && field.message !== desc) {
      fieldNames(field.message, known);
    }
  }
  return known;
};

test('every field of an aspect has a Korean name', () => {
  const kinds = AspectSchema.fields.flatMap((field) => field.message ?? []);
  const names = new Set(kinds.flatMap((kind) => [...fieldNames(kind)]));
  expect([...names].filter((name) => KOREAN_FIELDS[name] === undefined)).toEqual([]);
});

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
