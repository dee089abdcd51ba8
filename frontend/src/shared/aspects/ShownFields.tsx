import { Table } from '@mantine/core';
import { useMessages } from '@/messages/context';
import { AssetLink } from '../AssetLink';
import { formatCount } from '../format';
import { LongText } from '../LongText';
import { TimeText } from '../TimeText';
import type { Shown, ShownField } from './fields';
import classes from './aspects.module.css';

// A list of alike messages reads best as a table.
function ShownTable({ items }: { items: readonly ShownField[][] }) {
  const columns = [...new Set(items.flatMap((rows) => rows.map((row) => row.name)))];
  return (
    <div className={classes.scroll}>
      <Table className={classes.table ?? ''} withTableBorder>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((rows, index) => (
            <Table.Tr key={index}>
              {columns.map((column) => {
                const cell = rows.find((row) => row.name === column);
                return <Table.Td key={column}>{cell === undefined ? '' : <ShownValue value={cell.value} />}</Table.Td>;
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function ShownValue({ value }: { value: Shown }) {
  const { m, language } = useMessages();
  switch (value.is) {
    case 'text':
      return <LongText text={value.text} />;
    case 'number':
      return <span className={classes.number}>{formatCount(value.value, language)}</span>;
    case 'flag':
      return <span>{value.value ? m.asset.yes : m.asset.no}</span>;
    case 'moment':
      return <TimeText at={value.at} />;
    case 'asset':
      return <AssetLink asset={value.ref} icon />;
    case 'rows':
      return <ShownFields rows={value.rows} />;
    case 'list': {
      const tables = value.items.flatMap((item) => (item.is === 'rows' ? [item.rows] : []));
      if (tables.length === value.items.length) return <ShownTable items={tables} />;
      return (
        <ul className={classes.list}>
          {value.items.map((item, index) => (
            <li key={index}>
              <ShownValue value={item} />
            </li>
          ))}
        </ul>
      );
    }
  }
}

export function ShownFields({ rows }: { rows: readonly ShownField[] }) {
  const only = rows.length === 1 ? rows[0] : undefined;
  if (only?.value.is === 'list') return <ShownValue value={only.value} />;
  return (
    <dl className={classes.fields}>
      {rows.map((row) => (
        <div key={row.name} className={classes.field}>
          <dt>{row.name}</dt>
          <dd>
            <ShownValue value={row.value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
