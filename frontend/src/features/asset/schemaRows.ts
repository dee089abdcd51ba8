import type { Column } from '@/gen/cadastre/catalog/v1/catalog_pb';

// Asked for, and rendered, in steps of it, so that a table of 10,000 columns stays quick.
export const PAGE_ROWS = 200;

export interface ColumnRow {
  key: string;
  path: string[];
  depth: number;
  type: string;
  nullable: boolean | undefined;
  primaryKey: boolean;
  orphaned: boolean;
  description: string;
  labels: string[];
  classes: string[];
}

function described(column: Column): Pick<ColumnRow, 'description' | 'labels' | 'classes'> {
  const row = { description: '', labels: [] as string[], classes: [] as string[] };
  for (const { aspect } of column.aspects) {
    if (aspect?.value.case === 'documentation') row.description = aspect.value.value.text;
    if (aspect?.value.case === 'tags') row.labels.push(...aspect.value.value.tags.map((tag) => tag.key));
    if (aspect?.value.case === 'classifications') row.classes.push(...aspect.value.value.classifications.map((each) => each.name));
  }
  // What people wrote comes before what the source says.
  if (row.description === '') row.description = column.description;
  return row;
}

// In the order in which the server lists them: the source's own, a parent before its children, vanished ones last.
export const columnRows = (columns: readonly Column[]): ColumnRow[] =>
  columns.map((column) => ({
    key: JSON.stringify(column.path),
    path: column.path,
    depth: column.path.length - 1,
    type: column.type,
    nullable: column.nullable,
    primaryKey: column.primaryKey,
    orphaned: column.orphaned,
    ...described(column),
  }));
