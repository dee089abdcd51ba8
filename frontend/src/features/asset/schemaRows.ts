import type { Column } from '@/gen/cadastre/catalog/v1/catalog_pb';

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
  return row;
}

// In the source's own order, children under their parents.
export function columnRows(columns: readonly Column[]): ColumnRow[] {
  const byParent = new Map<string, Column[]>();
  const known = new Set(columns.map((column) => JSON.stringify(column.path)));
  for (const column of columns) {
    let parent = column.path.slice(0, -1);
    while (parent.length > 0 && !known.has(JSON.stringify(parent))) parent = parent.slice(0, -1);
    const key = JSON.stringify(parent);
    byParent.set(key, [...(byParent.get(key) ?? []), column]);
  }
  const rows: ColumnRow[] = [];
  const walk = (parent: string[]) => {
    const children = [...(byParent.get(JSON.stringify(parent)) ?? [])].sort(
      (a, b) => Number(a.orphaned) - Number(b.orphaned) || (a.ordinal || 1e9) - (b.ordinal || 1e9),
    );
    for (const column of children) {
      rows.push({
        key: JSON.stringify(column.path),
        path: column.path,
        depth: column.path.length - 1,
        type: column.type,
        nullable: column.nullable,
        primaryKey: column.primaryKey,
        orphaned: column.orphaned,
        ...described(column),
      });
      walk(column.path);
    }
  };
  walk([]);
  return rows;
}

export function filterRows(rows: readonly ColumnRow[], filter: string): ColumnRow[] {
  const needle = filter.normalize('NFC').trim().toLowerCase();
  if (needle === '') return [...rows];
  return rows.filter((row) =>
    [row.path.join('.'), row.type, row.description, ...row.labels, ...row.classes].some((text) =>
      text.normalize('NFC').toLowerCase().includes(needle),
    ),
  );
}
