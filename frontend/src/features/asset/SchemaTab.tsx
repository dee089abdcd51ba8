import { useInfiniteQuery } from '@connectrpc/connect-query';
import { Button, Group, Table, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconKey, IconSearch, IconTableOff } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { memo, useMemo } from 'react';
import { assetProblemOf } from '@/api/problem';
import { CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { Chip } from '@/shared/Chip';
import { LongText } from '@/shared/LongText';
import { Answered } from '@/shared/Answered';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { text, urlState, useUrlState } from '@/shared/urlState';
import { useAssetPage } from '@/shared/useAssetPage';
import { type ColumnRow, columnRows, PAGE_ROWS } from './schemaRows';
import classes from './SchemaTab.module.css';

const schemaState = urlState({ columns: text(200) });
const ColumnLine = memo(function ColumnLine({ row }: { row: ColumnRow }) {
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
});

export function SchemaTab() {
  const { m } = useMessages();
  const { ref, asOf } = useAssetPage();
  const [state, update] = useUrlState(schemaState);
  // Not at each key.
  const [filter] = useDebouncedValue(state.columns.trim(), 250);
  const query = useInfiniteQuery(
    CatalogService.method.listColumns,
    { asset: ref, includeDeleted: true, filter, pageSize: PAGE_ROWS, pageToken: '', ...(asOf === undefined ? {} : { asOf }) },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: (page) => (page.nextPageToken === '' ? undefined : page.nextPageToken),
      placeholderData: keepPreviousData,
    },
  );
  const rows = useMemo(() => columnRows(query.data?.pages.flatMap((page) => page.columns) ?? []), [query.data]);
  const total = query.data?.pages[0]?.totalSize ?? 0;
  const awaited = query.isPlaceholderData || filter !== state.columns.trim();
  if (query.isPending) return <LoadingRows rows={8} height={36} />;
  if (query.isError) return <ProblemPanel problem={assetProblemOf(query.error)} onRetry={() => void query.refetch()} />;
  if (rows.length === 0 && filter === '' && !awaited) return <StatePanel icon={IconTableOff} title={m.schema.emptyTitle} text={m.schema.empty} />;

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
          {awaited ? m.state.awaited : rows.length < total ? m.schema.matching(rows.length, total) : m.schema.columns(total)}
        </Text>
      </Group>
      {rows.length === 0 && !awaited ? (
        <StatePanel title={m.schema.noMatch} />
      ) : (
        <Answered awaited={awaited} announce={false} className={classes.frame}>
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
              {rows.map((row) => (
                <ColumnLine key={row.key} row={row} />
              ))}
            </Table.Tbody>
          </Table>
          {query.hasNextPage && (
            <Group justify="center" p="sm">
              <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {m.schema.more}
              </Button>
            </Group>
          )}
        </Answered>
      )}
    </>
  );
}
