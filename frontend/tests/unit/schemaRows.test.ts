import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { columnRows } from '@/features/asset/schemaRows';
import { ColumnSchema } from '@/gen/cadastre/catalog/v1/catalog_pb';

const column = (path: string, more: object = {}) => create(ColumnSchema, { path: path.split('.'), type: 'text', ...more });

test('columns stand in the order in which the server lists them, children as deep as their paths', () => {
  const rows = columnRows([column('b', { ordinal: 2 }), column('b.y'), column('a', { ordinal: 1 }), column('고객명'), column('old', { orphaned: true })]);
  expect(rows.map((row) => row.path.join('.'))).toEqual(['b', 'b.y', 'a', '고객명', 'old']);
  expect(rows.map((row) => row.depth)).toEqual([0, 1, 0, 0, 0]);
});

test('what people wrote of a column comes before what its source says', () => {
  const written = { aspect: { value: { case: 'documentation', value: { text: 'by hand' } } } };
  const rows = columnRows([column('a', { description: 'of the source' }), column('b', { description: 'of the source', aspects: [written] })]);
  expect(rows.map((row) => row.description)).toEqual(['of the source', 'by hand']);
});
