import { useInfiniteQuery } from '@connectrpc/connect-query';
import { Button, Group, SegmentedControl, Table, UnstyledButton } from '@mantine/core';
import { IconHistoryOff } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { assetProblemOf } from '@/api/problem';
import { CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { Answered } from '@/shared/Answered';
import { formatDuration } from '@/shared/format';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { TimeText } from '@/shared/TimeText';
import { useAssetPage } from '@/shared/useAssetPage';
import { useUrlState } from '@/shared/urlState';
import { DurationChart } from './DurationChart';
import { RunDrawer } from './RunDrawer';
import { durationMs, runsState, STATE_NAMES, stateOfName } from './runState';
import classes from './RunsTab.module.css';
import { StateChip } from './StateChip';

export function RunsTab() {
  const { m, language } = useMessages();
  const { ref } = useAssetPage();
  const [state, update] = useUrlState(runsState);
  const [now] = useState(() => new Date());
  const only = stateOfName(state.state);
  const query = useInfiniteQuery(
    CatalogService.method.listRuns,
    { job: ref, states: only === undefined ? [] : [only], pageSize: 60, pageToken: '' },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: (page) => (page.nextPageToken === '' ? undefined : page.nextPageToken),
      placeholderData: keepPreviousData,
    },
  );
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  const open = (run: string) => update({ run });

  return (
    <>
      <Group mb="md">
        <SegmentedControl
          size="xs"
          aria-label={m.runs.filter}
          value={state.state}
          onChange={(value) => update({ state: STATE_NAMES.find((each) => each === value) ?? 'all' })}
          data={STATE_NAMES.map((name) => {
            const each = stateOfName(name);
            return { value: name, label: each === undefined ? m.runs.all : m.runs.state[each] };
          })}
        />
      </Group>
      {query.isPending ? (
        <LoadingRows rows={6} height={44} />
      ) : query.isError ? (
        <ProblemPanel problem={assetProblemOf(query.error)} onRetry={() => void query.refetch()} />
      ) : runs.length === 0 ? (
        <Answered awaited={query.isPlaceholderData}>
          <StatePanel icon={IconHistoryOff} title={m.runs.emptyTitle} text={m.runs.empty} />
        </Answered>
      ) : (
        <Answered awaited={query.isPlaceholderData}>
          <DurationChart runs={runs} now={now} onOpen={open} />
          <div className={classes.frame}>
            <Table className={classes.table ?? ''} highlightOnHover verticalSpacing={7} horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{m.runs.filter}</Table.Th>
                  <Table.Th>{m.runs.started}</Table.Th>
                  <Table.Th>{m.runs.duration}</Table.Th>
                  <Table.Th>{m.runs.run}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {runs.map((run) => {
                  const ms = durationMs(run, now);
                  return (
                    <Table.Tr key={run.runId}>
                      <Table.Td>
                        <StateChip state={run.state} />
                      </Table.Td>
                      <Table.Td>
                        <TimeText at={run.startedAt} />
                      </Table.Td>
                      <Table.Td className={classes.number ?? ''}>{ms === undefined ? '–' : formatDuration(ms, language)}</Table.Td>
                      <Table.Td>
                        <UnstyledButton className={classes.run} onClick={() => open(run.runId)} aria-label={m.runs.open(run.runId)}>
                          {run.runId}
                        </UnstyledButton>
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </div>
          {query.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {m.runs.more}
              </Button>
            </Group>
          )}
        </Answered>
      )}
      <RunDrawer job={ref} runId={state.run} onClose={() => update({ run: '' })} />
    </>
  );
}
