import { Group, Table, Text, TextInput, Tooltip } from '@mantine/core';
import { IconKey, IconSearch, IconTableOff } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useMessages } from '@/messages/context';
import { Chip } from '@/shared/Chip';
import { LongText } from '@/shared/LongText';
import { StatePanel } from '@/shared/StatePanel';
import { text, urlState, useUrlState } from '@/shared/urlState';
import { type ColumnRow, columnRows, filterRows } from './schemaRows';
import classes from './SchemaTab.module.css';
import { useAsset } from '@/shared/useAsset';

const schemaState = urlState({ columns: text(200) });
// More rows than this are rendered in steps of it, so that a table of 10,000 columns stays quick.
const ROWS_MAX = 500;

function ColumnLine({ row }: { row: ColumnRow }) {
  const { m } = useMessages();
  return (
    <Table.Tr data-orphaned={row.orphaned}>
      <Table.Td>
        <span className={classes.path} style={{ paddingInlineStart: row.depth * 18 }}>
          {row.depth > 0 && (
            <span className={classes.branch} aria-hidden>
              └
            </span>
          )}
          <span className={classes.name} title={row.path.join('.')}>
            {row.depth > 0 && <span className="visually-hidden">{row.path.slice(0, -1).join('.')}.</span>}
            {row.path.at(-1)}
          </span>
          {row.primaryKey && <IconKey size={13} role="img" aria-label={m.schema.key} className={classes.key} />}
          {row.orphaned && (
            <Tooltip label={m.schema.orphanedHint}>
              <span>
                <Chip tone="warn">{m.schema.orphaned}</Chip>
              </span>
            </Tooltip>
          )}
        </span>
      </Table.Td>
      <Table.Td>
        <code className={classes.type}>{row.type}</code>
        {row.nullable === false && <span className={classes.required}>{m.schema.required}</span>}
      </Table.Td>
      <Table.Td>{row.description !== '' && <LongText text={row.description} />}</Table.Td>
      <Table.Td>
        <Group gap={4}>
          {row.classes.map((name) => (
            <Chip key={name} tone="warn">
              {name}
            </Chip>
          ))}
          {row.labels.map((name) => (
            <Chip key={name}>#{name}</Chip>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

export function SchemaTab() {
  const { m } = useMessages();
  const { asset } = useAsset();
  const [state, update] = useUrlState(schemaState);
  const rows = useMemo(() => columnRows(asset?.columns ?? []), [asset]);
  const shown = useMemo(() => filterRows(rows, state.columns), [rows, state.columns]);
  if (rows.length === 0) return <StatePanel icon={IconTableOff} title={m.schema.emptyTitle} text={m.schema.empty} />;

  return (
    <>
      <Group justify="space-between" mb="sm">
        <TextInput
          w={280}
          size="xs"
          type="search"
          aria-label={m.schema.filter}
          placeholder={m.schema.filter}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={state.columns}
          onChange={(event) => update({ columns: event.currentTarget.value }, { replace: true })}
        />
        <Text size="sm" c="dimmed" role="status">
          {shown.length === rows.length ? m.schema.columns(rows.length) : m.schema.matching(shown.length, rows.length)}
        </Text>
      </Group>
      {shown.length === 0 ? (
        <StatePanel title={m.schema.noMatch} />
      ) : (
        <div className={classes.frame}>
          <Table className={classes.table ?? ''} verticalSpacing={7} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="28%">{m.schema.column}</Table.Th>
                <Table.Th w="18%">{m.schema.type}</Table.Th>
                <Table.Th>{m.schema.description}</Table.Th>
                <Table.Th w="20%">{m.schema.labels}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.slice(0, ROWS_MAX).map((row) => (
                <ColumnLine key={row.key} row={row} />
              ))}
            </Table.Tbody>
          </Table>
          {shown.length > ROWS_MAX && (
            <Text size="sm" c="dimmed" p="sm" ta="center">
              {m.schema.matching(ROWS_MAX, shown.length)}
            </Text>
          )}
        </div>
      )}
    </>
  );
}
