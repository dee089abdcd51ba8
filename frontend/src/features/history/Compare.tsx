import { useQuery } from '@connectrpc/connect-query';
import { Button, Group, Text } from '@mantine/core';
import { IconMinus, IconPlus, IconTransform } from '@tabler/icons-react';
import { type SyntheticEvent, useState } from 'react';
import type { Ref } from '@/api/assetRef';
import { assetProblemOf } from '@/api/problem';
import { asOf } from '@/api/time';
import type { Aspect } from '@/gen/cadastre/catalog/v1/aspects_pb';
import type { ColumnRef } from '@/gen/cadastre/catalog/v1/asset_pb';
import { AspectKind, CatalogService, type DiffAssetResponse } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { aspectCaseOf } from '@/shared/aspects/fields';
import { Chip, type Tone } from '@/shared/Chip';
import { LoadingRows } from '@/shared/LoadingRows';
import { MomentInput } from '@/shared/MomentInput';
import { ProblemPanel } from '@/shared/StatePanel';
import { useUrlState } from '@/shared/urlState';
import classes from './HistoryTab.module.css';
import { historyState } from './historyState';
import { VersionValue } from './VersionValue';

function ColumnNames({ title, columns, tone }: { title: string; columns: readonly ColumnRef[]; tone: Tone }) {
  if (columns.length === 0) return null;
  const Icon = tone === 'good' ? IconPlus : tone === 'bad' ? IconMinus : IconTransform;
  return (
    <Group gap={6} mt="sm">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {columns.map(({ path }) => (
        <Chip key={JSON.stringify(path)} tone={tone} icon={<Icon size={12} aria-hidden />}>
          {path.join('.')}
        </Chip>
      ))}
    </Group>
  );
}

function Side({ title, aspect, omittedBytes }: { title: string; aspect: Aspect | undefined; omittedBytes: bigint }) {
  const { m } = useMessages();
  return (
    <div>
      <h4>{title}</h4>
      {aspect === undefined ? <Text c="dimmed">{m.history.absent}</Text> : <VersionValue aspect={aspect} omittedBytes={omittedBytes} />}
    </div>
  );
}

function Differences({ diff }: { diff: DiffAssetResponse }) {
  const { m } = useMessages();
  const nothing =
    diff.changes.length + diff.columnsAdded.length + diff.columnsRemoved.length + diff.columnsRetyped.length === 0 &&
    diff.existedBefore === diff.existedAfter;
  return (
    <div role="status">
      {nothing && <Text mt="sm">{m.history.same}</Text>}
      {!diff.existedBefore && <Text mt="sm">{m.history.notYet}</Text>}
      {!diff.existedAfter && <Text mt="sm">{m.history.gone}</Text>}
      <ColumnNames title={m.history.added} columns={diff.columnsAdded} tone="good" />
      <ColumnNames title={m.history.removed} columns={diff.columnsRemoved} tone="bad" />
      <ColumnNames title={m.history.retyped} columns={diff.columnsRetyped} tone="warn" />
      {diff.changes.map((change, index) => {
        const kind = aspectCaseOf(change.kind);
        return (
          <div key={index} className={classes.change}>
            <strong>{kind === undefined ? AspectKind[change.kind] : m.aspect[kind]}</strong>{' '}
            {change.column !== undefined && <code>{change.column.path.join('.')}</code>}
            <div className={classes.sides}>
              <Side title={m.history.before} aspect={change.before} omittedBytes={change.beforeOmittedBytes} />
              <Side title={m.history.after} aspect={change.after} omittedBytes={change.afterOmittedBytes} />
            </div>
          </div>
        );
      })}
      {diff.truncated && <Text mt="sm">{m.history.truncated}</Text>}
    </div>
  );
}

export function Compare({ asset }: { asset: Ref }) {
  const { m } = useMessages();
  const [state, update] = useUrlState(historyState);
  const [draft, setDraft] = useState(state);
  const asked = state.from !== '' || state.to !== '';
  const before = asOf(state.from, '');
  const after = asOf(state.to, '');
  const query = useQuery(
    CatalogService.method.diffAsset,
    { asset, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
    { enabled: asked },
  );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    update(draft);
  };
  return (
    <section className={classes.compare} aria-label={m.history.compare}>
      <h2>{m.history.compare}</h2>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <MomentInput label={m.history.from} value={draft.from} onChange={(from) => setDraft({ ...draft, from })} />
          <MomentInput label={m.history.to} value={draft.to} onChange={(to) => setDraft({ ...draft, to })} />
          <Button type="submit" size="xs" disabled={draft.from === '' && draft.to === ''}>
            {m.history.run}
          </Button>
        </Group>
      </form>
      {!asked ? null : query.isPending ? (
        <LoadingRows rows={2} height={36} />
      ) : query.isError ? (
        <ProblemPanel problem={assetProblemOf(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Differences diff={query.data} />
      )}
    </section>
  );
}
