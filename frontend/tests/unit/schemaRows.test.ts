import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { columnRows, filterRows } from '@/features/asset/schemaRows';
import { ColumnSchema } from '@/gen/cadastre/catalog/v1/catalog_pb';

const columns = [
  ['b', 2],
  ['b.y', 2],
  ['a', 1],
  ['b.x', 1],
  ['lone.child', 3],
  ['고객명', 4],
].map(([path, ordinal]) => create(ColumnSchema, { path: String(path).split('.'), ordinal: Number(ordinal), type: 'text' }));
const gone = create(ColumnSchema, { path: ['old'], orphaned: true, ordinal: 1 });

const names = (rows: { path: string[] }[]) => rows.map((row) => row.path.join('.'));

test('columns stand in the order of the source, children under their parents, vanished ones last', () => {
  expect(names(columnRows([gone, ...columns]))).toEqual(['a', 'b', 'b.x', 'b.y', 'lone.child', '고객명', 'old']);
});

test('a filter finds any part of a path, composed or decomposed', () => {
  const rows = columnRows(columns);
  expect(names(filterRows(rows, 'B.'))).toEqual(['b.x', 'b.y']);
  expect(names(filterRows(rows, '고객'.normalize('NFD')))).toEqual(['고객명']);
  expect(filterRows(rows, ' ')).toHaveLength(rows.length);
});
