/** Drawing a random k-regular graph: what `regular` does once and `epidemic` every round. */
import { permutation, shuffle, type Stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import { graphFromEdges, hasEdge, type Graph } from '../graph.js';
import { refusal, refuseTooManyEdges } from '../topology.js';

/** @throws Error where no graph of this degree exists */
export function checkRegular(kind: string, nodes: number, degree: number): void {
  if (degree >= nodes) {
    const most = `a node has at most ${nodes - 1} neighbours`;
    throw refusal(kind, nodes, `degree ${degree} is too large: ${most}; use a lower degree or more nodes`);
  }
  if ((degree * nodes) % 2 === 1) {
    const other = degree > 1 ? `${degree - 1} or ${degree + 1}` : `${degree + 1}`;
    throw refusal(
      kind,
      nodes,
      `no graph has degree ${degree} everywhere, since degree × nodes (${degree * nodes}) counts every edge ` +
        `twice; use degree ${other}, or ${nodes - 1} or ${nodes + 1} nodes`,
    );
  }
  refuseTooManyEdges(kind, nodes, (degree * nodes) / 2);
}

/**
 * A random k-regular graph by pairing stubs and pairing again those that do not fit (Steger & Wormald 1999):
 * asymptotically uniform. Nothing where the last stubs cannot be paired; draw anew then.
 */
export function randomRegular(draw: Stream, nodes: number, degree: number): Graph | undefined {
  if (degree <= (nodes - 1) / 2) return pairStubs(draw, nodes, degree);
  const sparse = pairStubs(draw, nodes, nodes - 1 - degree);
  return sparse && complement(sparse);
}

/** One cycle through all nodes in random order: uniform among the connected 2-regular graphs. */
export function randomCycle(draw: Stream, nodes: number): Graph {
  const order = permutation(draw, nodes);
  return graphFromEdges(
    nodes,
    Array.from({ length: 2 * nodes }, (_, i) => order[Math.ceil(i / 2) % nodes]),
  );
}

function pairStubs(draw: Stream, nodes: number, degree: number): Graph | undefined {
  const edges = new EdgeList();
  const chosen = new Uint32Array(nodes * degree);
  const filled = new Uint32Array(nodes);
  const fits = (a: number, b: number) =>
    a !== b && !chosen.subarray(a * degree, a * degree + filled[a]).includes(b);
  let stubs = Uint32Array.from({ length: nodes * degree }, (_, i) => Math.floor(i / degree));
  while (stubs.length > 0) {
    shuffle(draw, stubs);
    let kept = 0;
    for (let i = 0; i < stubs.length; i += 2) {
      const a = stubs[i];
      const b = stubs[i + 1];
      if (fits(a, b)) {
        chosen[a * degree + filled[a]++] = b;
        chosen[b * degree + filled[b]++] = a;
        edges.add(a, b);
      } else {
        stubs[kept++] = a;
        stubs[kept++] = b;
      }
    }
    const stuck = kept === stubs.length;
    stubs = stubs.slice(0, kept);
    if (stuck && !somePairFits(stubs, fits)) return undefined;
  }
  return edges.toGraph(nodes);
}

function somePairFits(stubs: Uint32Array, fits: (a: number, b: number) => boolean): boolean {
  const open = [...new Set(stubs)];
  return open.some((a, i) => open.slice(i + 1).some((b) => fits(a, b)));
}

/** Edges where there were none. */
function complement(graph: Graph): Graph {
  const edges = new EdgeList();
  for (let a = 0; a < graph.nodes; a++) {
    for (let b = a + 1; b < graph.nodes; b++) if (!hasEdge(graph, a, b)) edges.add(a, b);
  }
  return edges.toGraph(graph.nodes);
}
