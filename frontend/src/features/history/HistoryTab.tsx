import { useInfiniteQuery } from '@connectrpc/connect-query';
import { Button, Group, Text } from '@mantine/core';
import { IconHistoryOff } from '@tabler/icons-react';
import { assetProblemOf } from '@/api/problem';
import { AspectKind, CatalogService, type HistoryEntry } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { aspectCaseOf } from '@/shared/aspects/fields';
import { Chip } from '@/shared/Chip';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { TimeText } from '@/shared/TimeText';
import { useAssetPage } from '@/shared/useAssetPage';
import { Compare } from './Compare';
import classes from './HistoryTab.module.css';
import { VersionValue } from './VersionValue';

function Entry({ entry }: { entry: HistoryEntry }) {
  const { m } = useMessages();
  const kind = aspectCaseOf(entry.kind);
  const source = entry.source;
  return (
    <li className={classes.entry}>
      <div className={classes.when}>
        <TimeText at={source?.heldAt} />
        <Text size="xs" c="dimmed">
          {m.history.recorded} <TimeText at={source?.committedAt} />
        </Text>
      </div>
      <div className={classes.what}>
        <Group gap={6} mb={4}>
          <strong>{kind === undefined ? AspectKind[entry.kind] : m.aspect[kind]}</strong>
          {entry.column !== undefined && <code>{entry.column.path.join('.')}</code>}
          {entry.aspect === undefined && <Chip tone="warn">{m.history.withdrawn}</Chip>}
          {source?.claim === true && (
            <Chip tone="warn" title={m.asset.claimHint}>
              {m.asset.claim}
            </Chip>
          )}
          {source !== undefined && (
            <Text size="xs" c="dimmed">
              {source.principal === '' ? m.asset.hiddenPrincipal : source.principal} · {source.tool}
            </Text>
          )}
        </Group>
        {entry.aspect !== undefined && <VersionValue aspect={entry.aspect} omittedBytes={entry.omittedBytes} />}
      </div>
    </li>
  );
}

export function HistoryTab() {
  const { m } = useMessages();
  const { ref } = useAssetPage();
  const query = useInfiniteQuery(
    CatalogService.method.getHistory,
    { asset: ref, pageSize: 100, pageToken: '' },
    { pageParamKey: 'pageToken', getNextPageParam: (page) => (page.nextPageToken === '' ? undefined : page.nextPageToken) },
  );
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <Compare asset={ref} />
      <h2 className={classes.heading}>{m.history.timeline}</h2>
      {query.isPending ? (
        <LoadingRows rows={5} height={52} />
      ) : query.isError ? (
        <ProblemPanel problem={assetProblemOf(query.error)} onRetry={() => void query.refetch()} />
      ) : entries.length === 0 ? (
        <StatePanel icon={IconHistoryOff} title={m.history.emptyTitle} text={m.history.empty} />
      ) : (
        <>
          <ol className={classes.list}>
            {entries.map((entry, index) => (
              <Entry key={index} entry={entry} />
            ))}
          </ol>
          {query.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {m.history.more}
              </Button>
            </Group>
          )}
        </>
      )}
    </>
  );
}
