import { createClient } from '@connectrpc/connect';
import { useQuery, useTransport } from '@connectrpc/connect-query';
import { Text } from '@mantine/core';
import { IconGitFork } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { assetProblemOf } from '@/api/problem';
import { LineageService } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { useMessages } from '@/messages/context';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { useAsset } from '@/shared/useAsset';
import { useUrlState } from '@/shared/urlState';
import { cardsOf, EMPTY, expand, type Expansion, firstGraph, type GraphNode, type Way } from './graph';
import { LineageControls } from './LineageControls';
import { columnPathOf, lineageState, WIRE_DIRECTION, WIRE_LEVEL } from './lineageState';
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
  const { ref, asset, asOf } = useAsset();
  const [state, update] = useUrlState(lineageState);
  const [steps, setSteps] = useState<{ of: unknown; list: Expansion[] }>({ of: undefined, list: [] });
  const [selected, setSelected] = useState('');

  const common = { level: WIRE_LEVEL[state.level], includeStale: state.stale, ...(asOf === undefined ? {} : { asOf }) };
  const first = useQuery(LineageService.method.getLineage, {
    ...common,
    asset: ref,
    columnPath: state.level === 'columns' ? columnPathOf(state.column) : [],
    direction: WIRE_DIRECTION[state.direction],
    depth: state.depth,
    maxNodes: NODES_FIRST,
  });

  // Steps belong to the answer they were taken from; another start or filter begins anew.
  const answer = first.data;
  const graph = useMemo(
    () => (answer === undefined ? EMPTY : steps.of === answer ? steps.list.reduce(expand, firstGraph(answer, ref)) : firstGraph(answer, ref)),
    [answer, steps, ref],
  );

  const step = useMutation({
    mutationFn: ({ node, way }: { node: GraphNode; way: Way }) =>
      createClient(LineageService, transport).getLineage({
        ...common,
        asset: node.ref,
        columnPath: node.columnPath,
        direction: WIRE_DIRECTION[way],
        depth: 1,
        maxNodes: NODES_STEP,
      }),
    onSuccess: (next, { node, way }) =>
      setSteps((before) => ({ of: answer, list: [...(before.of === answer ? before.list : []), { of: node.id, way, answer: next }] })),
  });
  const { mutate } = step;
  const onExpand = useCallback((node: GraphNode, way: Way) => mutate({ node, way }), [mutate]);
  const busy = step.isPending ? `${step.variables.node.id} ${step.variables.way}` : '';
  const chosen = useMemo(() => cardsOf(graph).get(selected), [graph, selected]);

  return (
    <>
      <LineageControls state={state} columns={asset?.columns ?? []} onChange={update} />
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
          {step.isError && (
            <Text size="sm" c="var(--bad)" role="alert" mb={8}>
              {m.state.unknownTitle}: {assetProblemOf(step.error).detail}
            </Text>
          )}
          {state.view === 'table' ? (
            <LineageTable graph={graph} busy={busy} onExpand={onExpand} />
          ) : (
            <div className={classes.stage}>
              <Suspense fallback={<LoadingRows rows={4} height={90} />}>
                <GraphView graph={graph} busy={busy} selected={selected} onSelect={setSelected} onExpand={onExpand} />
              </Suspense>
              {chosen !== undefined && <NodePanel card={chosen} graph={graph} onClose={() => setSelected('')} />}
            </div>
          )}
        </>
      )}
    </>
  );
}
