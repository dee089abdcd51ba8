import '@xyflow/react/dist/style.css';
import { Text, useComputedColorScheme } from '@mantine/core';
import { Background, BackgroundVariant, Controls, type Edge, MarkerType, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { EdgeKind } from '@/gen/cadastre/lineage/v1/lineage_pb';
import { useMessages } from '@/messages/context';
import { AssetNode, type CardNode } from './AssetNode';
import { cardOf, cardsOf, type Graph, type GraphNode, type Way } from './graph';
import classes from './GraphView.module.css';
import { arrange, CARD_HEIGHT, CARD_WIDTH, type Spots } from './layout';

const READABLE_ZOOM = 0.62;
const NODE_TYPES = { card: AssetNode };

interface GraphViewProps {
  graph: Graph;
  busy: string;
  selected: string;
  onSelect: (card: string) => void;
  onExpand: (node: GraphNode, way: Way) => void;
}

function edgesOf(graph: Graph): Edge[] {
  const edges = new Map<string, Edge>();
  for (const edge of graph.edges.values()) {
    const source = cardOf(graph, edge.from);
    const target = cardOf(graph, edge.to);
    const columns = (graph.nodes.get(edge.from)?.columnPath.length ?? 0) > 0;
    const id = JSON.stringify([edge.from, edge.to]);
    edges.set(id, {
      id,
      source,
      target,
      ...(columns ? { sourceHandle: edge.from, targetHandle: edge.to } : {}),
      ...(edge.wire.stale || edge.wire.kind === EdgeKind.ALIAS ? { style: { strokeDasharray: edge.wire.stale ? '5 4' : '1 4' } } : {}),
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      focusable: false,
    });
  }
  return [...edges.values()];
}

function Drawing({ graph, busy, selected, onSelect, onExpand }: GraphViewProps) {
  const { m } = useMessages();
  const scheme = useComputedColorScheme('light');
  const flow = useReactFlow();
  const cards = useMemo(() => cardsOf(graph), [graph]);
  const [arranged, setArranged] = useState<{ graph: Graph; spots: Spots }>();
  const spots = arranged?.spots;
  // The card whose step was asked for stays under the pointer when the others move.
  const anchor = useRef('');
  const before = useRef<Spots>(undefined);
  const drawn = useRef('');

  useEffect(() => {
    let live = true;
    void arrange(graph, cards).then((next) => {
      if (live) setArranged({ graph, spots: next });
    });
    return () => {
      live = false;
    };
  }, [graph, cards]);

  useEffect(() => {
    if (spots === undefined) return;
    const old = before.current?.get(anchor.current);
    const now = spots.get(anchor.current);
    before.current = spots;
    if (drawn.current !== graph.start || old === undefined || now === undefined) {
      drawn.current = graph.start;
      const start = spots.get(graph.start);
      requestAnimationFrame(() => {
        void flow.fitView({ padding: 0.1, maxZoom: 1 }).then(() => {
          // A graph too wide to be read at a glance opens at its start instead.
          if (flow.getZoom() >= READABLE_ZOOM || start === undefined) return;
          void flow.setCenter(start.x + CARD_WIDTH / 2, start.y + CARD_HEIGHT / 2, { zoom: READABLE_ZOOM });
        });
      });
      return;
    }
    const view = flow.getViewport();
    void flow.setViewport({ ...view, x: view.x + (old.x - now.x) * view.zoom, y: view.y + (old.y - now.y) * view.zoom });
  }, [spots, flow, graph]);

  const nodes = useMemo<CardNode[]>(
    () =>
      [...cards.values()].flatMap((card) => {
        const position = spots?.get(card.id);
        if (position === undefined) return [];
        const title = `${m.kind[card.ref.kind as keyof typeof m.kind]}: ${card.ref.name}`;
        const step = (node: GraphNode, way: Way) => {
          anchor.current = card.id;
          onExpand(node, way);
        };
        return [
          {
            id: card.id,
            type: 'card',
            position,
            data: { card, busy, chosen: card.id === selected, onExpand: step },
            ariaLabel: title,
            draggable: false,
          },
        ];
      }),
    [cards, spots, busy, selected, onExpand, m],
  );
  const edges = useMemo(() => edgesOf(graph), [graph]);

  if (spots === undefined) {
    return (
      <Text c="dimmed" p="xl" ta="center" role="status" aria-busy>
        {m.lineage.layout}
      </Text>
    );
  }
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      colorMode={scheme}
      minZoom={0.1}
      maxZoom={1.5}
      nodesConnectable={false}
      nodesDraggable={false}
      onlyRenderVisibleElements={graph.nodes.size > 200}
      onNodeClick={(_, node) => onSelect(node.id)}
      onPaneClick={() => onSelect('')}
      // The keyboard's Enter arrives as a change only; a click arrives as both.
      onNodesChange={(changes) => {
        const chosen = changes.find((change) => change.type === 'select' && change.selected);
        if (chosen?.type === 'select') onSelect(chosen.id);
      }}
      aria-label={m.lineage.graphLabel}
      // Steps just taken have no place in the drawing yet.
      aria-busy={arranged?.graph !== graph}
      ariaLabelConfig={{
        'controls.ariaLabel': m.lineage.view,
        'controls.zoomIn.ariaLabel': m.lineage.zoomIn,
        'controls.zoomOut.ariaLabel': m.lineage.zoomOut,
        'controls.fitView.ariaLabel': m.lineage.fit,
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

export function GraphView(props: GraphViewProps) {
  return (
    <div className={classes.canvas}>
      <ReactFlowProvider>
        <Drawing {...props} />
      </ReactFlowProvider>
    </div>
  );
}
