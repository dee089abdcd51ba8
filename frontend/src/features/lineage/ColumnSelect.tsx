import { useQuery } from '@connectrpc/connect-query';
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { useAssetPage } from '@/shared/useAssetPage';
import { columnPathOf } from './lineageState';

// As many as one scrolls through; the others are found by typing.
const OPTIONS_MAX = 100;

interface ColumnSelectProps {
  // A path as JSON; empty for all columns.
  column: string;
  onChange: (column: string) => void;
}

export function ColumnSelect({ column, onChange }: ColumnSelectProps) {
  const { m } = useMessages();
  const { ref, asOf } = useAssetPage();
  const [typed, setTyped] = useState('');
  const chosen = columnPathOf(column).join('.');
  const [filter] = useDebouncedValue(typed === chosen ? '' : typed.trim(), 250);
  const query = useQuery(
    CatalogService.method.listColumns,
    { asset: ref, includeDeleted: true, filter, pageSize: OPTIONS_MAX, ...(asOf === undefined ? {} : { asOf }) },
    { placeholderData: keepPreviousData },
  );
  const options = (query.data?.columns ?? []).filter((each) => !each.orphaned).map((each) => ({ value: JSON.stringify(each.path), label: each.path.join('.') }));
  if (column !== '' && options.every((each) => each.value !== column)) options.unshift({ value: column, label: chosen });
  if (options.length === 0 && typed === '') return null;
  return (
    <Select
      size="xs"
      w={220}
      aria-label={m.lineage.column}
      placeholder={m.lineage.allColumns}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': m.lineage.allColumns }}
      data={options}
      // What the server found stays, also where the word stands in a description.
      filter={({ options: all }) => all}
      onSearchChange={setTyped}
      value={column === '' ? null : column}
      onChange={(value) => onChange(value ?? '')}
    />
  );
}
