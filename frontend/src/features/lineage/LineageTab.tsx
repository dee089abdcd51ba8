import { createQueryOptions, useQuery, useTransport } from '@connectrpc/connect-query';
import { Text } from '@mantine/core';
import { IconGitFork } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import { assetProblemOf } from '@/api/problem';
import { LineageService } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { useMessages } from '@/messages/context';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { useAssetPage } from '@/shared/useAssetPage';
import { useUrlState } from '@/shared/urlState';
import { cardsOf, EMPTY, expand, firstGraph, type GraphNode, type Way } from './graph';
import { LineageControls } from './LineageControls';
import { columnPathOf, type LineageState, lineageState, stepOf, stepText, WIRE_DIRECTION, WIRE_LEVEL } from './lineageState';
import classes from './LineageTab.module.css';
import { LineageTable } from './LineageTable';
import { NodePanel } from './NodePanel';

const GraphView = lazy(() => import('./GraphView').then((file) => ({ default: file.GraphView })));

// Enough for one screen; a step further is asked for node by node.
const NODES_FIRST = 150;
const NODES_STEP = 60;

export function LineageTab() {
  const { m } = useMessages();
  const transport = useTransport();
  const { ref, asOf } = useAssetPage();
  const [state, update] = useUrlState(lineageState);

  const common = { level: WIRE_LEVEL[state.level], includeStale: state.stale, ...(asOf === undefined ? {} : { asOf }) };
  const first = useQuery(LineageService.method.getLineage, {
    ...common,
    asset: ref,
    column: { path: state.level === 'columns' ? columnPathOf(state.column) : [] },
    direction: WIRE_DIRECTION[state.direction],
    depth: state.depth,
    maxNodes: NODES_FIRST,
  });

  const opened = useMemo(() => state.open.flatMap((json) => stepOf(json) ?? []), [state.open]);
  const steps = useQueries({
    queries: opened.map((step) =>
      createQueryOptions(
        LineageService.method.getLineage,
        { ...common, asset: step.ref, column: { path: step.columnPath }, direction: WIRE_DIRECTION[step.way], depth: 1, maxNodes: NODES_STEP },
        { transport },
      ),
    ),
    combine: (results) => ({
      answers: results.map((result) => result.data),
      waiting: results.findIndex((result) => result.isPending),
      error: results.find((result) => result.isError)?.error,
    }),
  });

  const graph = useMemo(() => {
    if (first.data === undefined) return EMPTY;
    return opened.reduce((graph, { id, way }, index) => {
      const answer = steps.answers[index];
      return answer === undefined ? graph : expand(graph, { of: id, way, answer });
    }, firstGraph(first.data, ref));
  }, [first.data, opened, steps.answers, ref]);

  const onExpand = useCallback(
    (node: GraphNode, way: Way) => update({ open: [...state.open, stepText(node.ref, node.columnPath, way)] }),
    [state.open, update],
  );
  const onSelect = useCallback((node: string) => update({ node }, { replace: true }), [update]);
  // Steps belong to the walk they were taken from; another walk begins anew.
  const onChange = (change: Partial<LineageState>) => update('view' in change ? change : { ...change, open: [], node: '' });
  const pending = opened[steps.waiting];
  const busy = pending === undefined ? '' : `${pending.id} ${pending.way}`;
  const chosen = useMemo(() => cardsOf(graph).get(state.node), [graph, state.node]);

  return (
    <>
      <LineageControls state={state} onChange={onChange} />
      {first.isPending ? (
        <LoadingRows rows={4} height={90} />
      ) : first.isError ? (
        <ProblemPanel problem={assetProblemOf(first.error)} onRetry={() => void first.refetch()} />
      ) : graph.edges.size === 0 ? (
        <StatePanel icon={IconGitFork} title={m.lineage.emptyTitle} text={m.lineage.empty} />
      ) : (
        <>
          <Text size="sm" c="dimmed" mb={8} role="status">
            {m.lineage.nodesTitle(graph.nodes.size)} · {m.lineage.connections(graph.edges.size)}
            {graph.truncated !== '' && graph.truncated !== 'depth' && ` · ${m.lineage.truncated(graph.truncated)}`}
          </Text>
          {steps.error !== undefined && (
            <Text size="sm" c="var(--bad)" role="alert" mb={8}>
              {m.state.unknownTitle}: {assetProblemOf(steps.error).detail}
            </Text>
          )}
          {state.view === 'table' ? (
            <div aria-busy={busy !== ''}>
              <LineageTable graph={graph} busy={busy} onExpand={onExpand} />
            </div>
          ) : (
            <div className={classes.stage} aria-busy={busy !== ''}>
              <Suspense fallback={<LoadingRows rows={4} height={90} />}>
                <GraphView graph={graph} busy={busy} selected={state.node} onSelect={onSelect} onExpand={onExpand} />
              </Suspense>
              {chosen !== undefined && <NodePanel card={chosen} graph={graph} onClose={() => onSelect('')} />}
            </div>
          )}
        </>
      )}
    </>
  );
}
