import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { cardsOf, expand, firstGraph, type Graph, mayExpand } from '@/features/lineage/graph';
import { toElk } from '@/features/lineage/layout';
import { EdgeKind, GetLineageResponseSchema } from '@/gen/cadastre/lineage/v1/lineage_pb';

const ref = (name: string) => ({ kind: 'dataset', namespace: 'ns', name });
const id = (name: string) => `dataset:ns#${name}`;

type NodeRow = [name: string, hops: number, side: number, more?: number, column?: string];

// A table of nodes and `from>to` edges as an answer of the server.
function answer(nodes: NodeRow[], edges: string[], more: MessageInitShape<typeof GetLineageResponseSchema> = {}) {
  const names = nodes.map(([name, , , , column]) => (column === undefined ? name : `${name}.${column}`));
  return create(GetLineageResponseSchema, {
    nodes: nodes.map(([name, hops, side, left = 0, column], index) => ({
      index,
      asset: { ref: ref(name) },
      hops,
      side,
      more: left,
      column: { path: column === undefined ? [] : [column] },
    })),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split('>');
      return { from: names.indexOf(from), to: names.indexOf(to), kind: EdgeKind.DERIVES };
    }),
    ...more,
  });
}

const show = (graph: Graph) => ({
  nodes: [...graph.nodes.values()].map((node) => `${node.ref.name}:${node.hops}`).sort(),
  edges: [...graph.edges.values()].map((edge) => `${edge.from.slice(11)}>${edge.to.slice(11)}`).sort(),
});

const FIRST = answer([['b', 0, 0], ['a', 1, -1, 2], ['c', 1, 1, 1]], ['a>b', 'b>c']);

describe('a graph that grows step by step', () => {
  test('the first answer is the graph', () => {
    const graph = firstGraph(FIRST, ref('b'));
    expect(graph.start).toBe(id('b'));
    expect(show(graph)).toEqual({ nodes: ['a:1', 'b:0', 'c:1'], edges: ['a>b', 'b>c'] });
  });

  test('a step adds nodes by name although its indexes begin anew, and hops go on counting', () => {
    const next = answer([['c', 0, 0], ['d', 1, 1, 3]], ['c>d']);
    const graph = expand(firstGraph(FIRST, ref('b')), { of: id('c'), way: 'downstream', answer: next });
    expect(show(graph)).toEqual({ nodes: ['a:1', 'b:0', 'c:1', 'd:2'], edges: ['a>b', 'b>c', 'c>d'] });
    expect(graph.nodes.get(id('c'))?.more.downstream).toBe(0);
    expect(graph.nodes.get(id('d'))?.more.downstream).toBe(3);
  });

  test('taking the same step twice changes nothing', () => {
    const step = { of: id('c'), way: 'downstream' as const, answer: answer([['c', 0, 0], ['d', 1, 1]], ['c>d']) };
    const once = expand(firstGraph(FIRST, ref('b')), step);
    expect(expand(once, step)).toEqual(once);
  });

  test('a cycle closes on nodes already there', () => {
    const graph = expand(firstGraph(FIRST, ref('b')), { of: id('c'), way: 'downstream', answer: answer([['c', 0, 0], ['a', 1, 1]], ['c>a']) });
    expect(show(graph)).toEqual({ nodes: ['a:1', 'b:0', 'c:1'], edges: ['a>b', 'b>c', 'c>a'] });
  });

  test('turning round leaves the side open', () => {
    const graph = expand(firstGraph(FIRST, ref('b')), { of: id('a'), way: 'downstream', answer: answer([['a', 0, 0], ['x', 1, 1]], ['a>x']) });
    expect(graph.nodes.get(id('x'))?.side).toBeUndefined();
    expect(expand(firstGraph(FIRST, ref('b')), { of: id('a'), way: 'upstream', answer: answer([['a', 0, 0], ['y', 1, -1]], ['y>a']) }).nodes.get(id('y'))?.side).toBe(-1);
  });

  test('a step from a node that is gone changes nothing', () => {
    const graph = firstGraph(FIRST, ref('b'));
    expect(expand(graph, { of: id('gone'), way: 'upstream', answer: FIRST })).toBe(graph);
  });

  test('a step is offered where more is known to be, or nobody has asked', () => {
    const graph = firstGraph(FIRST, ref('b'));
    const node = (name: string) => graph.nodes.get(id(name)) ?? expect.fail(name);
    expect([mayExpand(node('a'), 'upstream'), mayExpand(node('a'), 'downstream'), mayExpand(node('b'), 'upstream')]).toEqual([true, true, false]);
  });

  test('an edge to a node the answer does not name is not drawn', () => {
    const odd = answer([['b', 0, 0]], ['a>b']);
    expect(firstGraph(odd, ref('b')).edges.size).toBe(0);
  });
});

describe('columns', () => {
  const graph = firstGraph(answer([['t', 0, 0, 0, 'x'], ['t', 0, 0, 0, 'y'], ['s', 1, -1, 0, 'k']], ['s.k>t.x', 's.k>t.y']), ref('t'));

  test('stand in one card for each asset', () => {
    expect([...cardsOf(graph).values()].map((card) => [card.ref.name, card.columns.map((column) => column.columnPath[0]), card.start])).toEqual([
      ['t', ['x', 'y'], true],
      ['s', ['k'], false],
    ]);
  });

  test('are laid out by one edge between cards', () => {
    expect(toElk(graph, cardsOf(graph)).edges).toHaveLength(1);
  });
});
