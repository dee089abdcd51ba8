import { useInfiniteQuery } from '@connectrpc/connect-query';
import { Button, Group, Table, Text, Title } from '@mantine/core';
import { IconPencil, IconShieldSearch } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { parseRefText, plainRef, refText } from '@/api/assetRef';
import { problemOf } from '@/api/problem';
import { timestampOf } from '@/api/time';
import { AuditService, Outcome, type Record as AuditRecord, type ShownAsset } from '@/gen/cadastre/audit/v1/audit_pb';
import { useMessages } from '@/messages/context';
import { Answered } from '@/shared/Answered';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { LoadingRows } from '@/shared/LoadingRows';
import { LongText } from '@/shared/LongText';
import { Page } from '@/shared/Page';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { TimeText } from '@/shared/TimeText';
import { useUrlState } from '@/shared/urlState';
import { AuditFilters } from './AuditFilters';
import { auditState } from './auditState';
import classes from './AuditPage.module.css';

const NAMED_MAX = 3;

function Shown({ shown }: { shown: readonly ShownAsset[] }) {
  const { m } = useMessages();
  return (
    <div className={classes.shown}>
      {shown.slice(0, NAMED_MAX).map((each) => (
        <span key={refText(plainRef(each.asset))}>
          <AssetLink asset={each.asset} icon />
          {each.columns.length > 0 && <span className={classes.dim} title={each.columns.map(({ path }) => path.join('.')).join(', ')}> {m.audit.columns(each.columns.length)}</span>}
        </span>
      ))}
      {shown.length > NAMED_MAX && (
        <details>
          <summary className={classes.dim}>{m.audit.assets(shown.length)}</summary>
          {shown.slice(NAMED_MAX).map((each) => (
            <div key={refText(plainRef(each.asset))}>
              <AssetLink asset={each.asset} icon />
            </div>
          ))}
        </details>
      )}
    </div>
  );
}

function Line({ record }: { record: AuditRecord }) {
  const { m } = useMessages();
  const operation = record.operation.split('.').at(-1) ?? record.operation;
  return (
    <Table.Tr>
      <Table.Td className={classes.time ?? ''}>
        <TimeText at={record.time} />
        <div className={classes.dim}>#{record.index.toString()}</div>
      </Table.Td>
      <Table.Td>
        {record.principal}
        <div className={classes.dim}>{record.peer}</div>
      </Table.Td>
      <Table.Td>
        <span title={record.operation}>{operation}</span>{' '}
        {record.write && (
          <Chip tone="busy" icon={<IconPencil size={11} aria-hidden />}>
            {m.audit.write}
          </Chip>
        )}
        {record.detail !== '' && (
          <div className={classes.dim}>
            <LongText text={record.detail} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        <Chip tone={record.outcome === Outcome.OK ? 'good' : 'warn'}>{Outcome[record.outcome]}</Chip>
      </Table.Td>
      <Table.Td>
        <Shown shown={record.shown} />
      </Table.Td>
    </Table.Tr>
  );
}

export function AuditPage() {
  const { m } = useMessages();
  const [state, update] = useUrlState(auditState);
  const asset = parseRefText(state.asset);
  const after = timestampOf(state.after);
  const before = timestampOf(state.before);
  const query = useInfiniteQuery(
    AuditService.method.listRecords,
    {
      principal: state.principal,
      operation: state.operation,
      ...(asset === undefined ? {} : { asset }),
      ...(after === undefined ? {} : { after }),
      ...(before === undefined ? {} : { before }),
      pageSize: 50,
      pageToken: '',
    },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: (page) => (page.nextPageToken === '' ? undefined : page.nextPageToken),
      placeholderData: keepPreviousData,
      staleTime: 0,
    },
  );
  const records = query.data?.pages.flatMap((page) => page.records) ?? [];
  const denied = query.isError && problemOf(query.error).kind === 'denied';

  return (
    <Page title={m.audit.title}>
      <Title order={1}>{m.audit.title}</Title>
      <Text c="dimmed" mb="md">
        {m.audit.lead}
      </Text>
      {!denied && <AuditFilters key={JSON.stringify(state)} state={state} onChange={update} />}
      {query.isPending ? (
        <LoadingRows rows={8} height={44} />
      ) : query.isError ? (
        <ProblemPanel problem={problemOf(query.error)} onRetry={() => void query.refetch()} />
      ) : records.length === 0 ? (
        <Answered awaited={query.isPlaceholderData}>
          <StatePanel icon={IconShieldSearch} title={m.audit.emptyTitle} text={m.audit.empty} />
        </Answered>
      ) : (
        <Answered awaited={query.isPlaceholderData}>
          <div className={classes.frame}>
            <Table className={classes.table ?? ''} verticalSpacing={8} horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{m.audit.time}</Table.Th>
                  <Table.Th>{m.audit.principal}</Table.Th>
                  <Table.Th>{m.audit.operation}</Table.Th>
                  <Table.Th>{m.audit.outcome}</Table.Th>
                  <Table.Th>{m.audit.shown}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {records.map((record) => (
                  <Line key={record.index.toString()} record={record} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Group justify="center" mt="md">
            {query.data.pages.at(-1)?.truncated === true && <Text c="dimmed">{m.audit.truncated}</Text>}
            {query.hasNextPage && (
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {m.audit.more}
              </Button>
            )}
          </Group>
        </Answered>
      )}
    </Page>
  );
}
