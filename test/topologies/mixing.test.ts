import { expect } from 'chai';
import fc from 'fast-check';
import { graphFromEdges, hasEdge, type Graph } from '../../topologies/graph.js';
import { mix, mixingRow, mixTransposed, type MixingMatrix } from '../../topologies/mixing/matrix.js';
import { mixing } from '../../topologies/mixing/registry.js';

/** Any graph: a set of pairs out of all those on up to 12 nodes. */
const graphs = (directed: boolean): fc.Arbitrary<Graph> =>
  fc.integer({ min: 2, max: 12 }).chain((nodes) => {
    const pairs: [number, number][] = [];
    for (let a = 0; a < nodes; a++) {
      for (let b = directed ? 0 : a + 1; b < nodes; b++) if (a !== b) pairs.push([a, b]);
    }
    return fc.subarray(pairs).map((chosen) => graphFromEdges(nodes, chosen.flat(), directed));
  });

/** All of W, written out. */
function dense(matrix: MixingMatrix): number[][] {
  return Array.from({ length: matrix.nodes }, (_, i) => {
    const row = new Array<number>(matrix.nodes).fill(0);
    const { neighbours, weights, self } = mixingRow(matrix, i);
    neighbours.forEach((j, at) => (row[j] = weights[at]));
    row[i] = self;
    return row;
  });
}

const rowSums = (w: number[][]) => w.map((row) => row.reduce((sum, x) => sum + x, 0));
const transpose = (w: number[][]) => w.map((_, j) => w.map((row) => row[j]));
const near = (actual: readonly number[], expected: readonly number[]) => {
  actual.forEach((x, i) => expect(x).to.be.closeTo(expected[i], 1e-12));
};
const ones = (n: number) => new Array<number>(n).fill(1);
const path = graphFromEdges(4, [0, 1, 1, 2, 2, 3]);

describe('mixing matrices', () => {
  it('of a path of four, by hand', () => {
    const third = 1 / 3;
    near(dense(mixing.create({ kind: 'metropolis-hastings' }, path)).flat(), [
      ...[2 * third, third, 0, 0],
      ...[third, third, third, 0],
      ...[0, third, third, third],
      ...[0, 0, third, 2 * third],
    ]);
    near(dense(mixing.create({ kind: 'uniform' }, path)).flat(), [
      ...[1 / 2, 1 / 2, 0, 0],
      ...[third, third, third, 0],
      ...[0, third, third, third],
      ...[0, 0, 1 / 2, 1 / 2],
    ]);
    near(
      dense(mixing.create({ kind: 'max-degree' }, path)).flat(),
      dense(mixing.create({ kind: 'metropolis-hastings' }, path)).flat(),
    );
  });

  it('of a directed triangle with a chord, by hand', () => {
    const graph = graphFromEdges(3, [0, 1, 1, 2, 2, 0, 0, 2], true);
    near(dense(mixing.create({ kind: 'column-stochastic' }, graph)).flat(), [
      ...[1 / 3, 0, 1 / 2],
      ...[1 / 3, 1 / 2, 0],
      ...[1 / 3, 1 / 2, 1 / 2],
    ]);
    near(dense(mixing.create({ kind: 'row-stochastic', selfWeight: 0.4 }, graph)).flat(), [
      ...[0.4, 0, 0.6],
      ...[0.6, 0.4, 0],
      ...[0.3, 0.3, 0.4],
    ]);
  });

  for (const kind of ['metropolis-hastings', 'max-degree']) {
    it(`${kind}: symmetric, non-negative and doubly stochastic on any undirected graph`, () => {
      fc.assert(
        fc.property(graphs(false), (graph) => {
          const matrix = mixing.create({ kind }, graph);
          const w = dense(matrix);
          expect(transpose(w)).to.deep.equal(w);
          near(rowSums(w), ones(graph.nodes));
          expect(Math.min(...w.flat())).to.be.at.least(0);
          expect(matrix).to.include({ symmetric: true, rowStochastic: true, columnStochastic: true });
        }),
      );
    });
  }

  for (const directed of [false, true]) {
    for (const kind of ['uniform', 'row-stochastic', 'column-stochastic']) {
      it(`${kind}: sums of 1 on any ${directed ? 'directed' : 'undirected'} graph, and true flags`, () => {
        fc.assert(
          fc.property(graphs(directed), (graph) => {
            const matrix = mixing.create({ kind }, graph);
            const w = dense(matrix);
            near(rowSums(kind === 'column-stochastic' ? transpose(w) : w), ones(graph.nodes));
            const sumTo1 = (m: number[][]) => rowSums(m).every((sum) => Math.abs(sum - 1) < 1e-9);
            expect(matrix.rowStochastic).to.equal(sumTo1(w));
            expect(matrix.columnStochastic).to.equal(sumTo1(transpose(w)));
            expect(matrix.symmetric).to.equal(JSON.stringify(transpose(w)) === JSON.stringify(w));
          }),
        );
      });
    }
  }

  it('have weights exactly where messages come from', () => {
    fc.assert(
      fc.property(
        graphs(true),
        fc.constantFrom('uniform', 'row-stochastic', 'column-stochastic'),
        (graph, kind) => {
          dense(mixing.create({ kind }, graph)).forEach((row, i) => {
            row.forEach((weight, j) => {
              if (i !== j) expect(weight > 0).to.equal(hasEdge(graph, j, i));
            });
          });
        },
      ),
    );
  });

  it('times a vector, and transposed, agree with the written-out matrix', () => {
    fc.assert(
      fc.property(graphs(true), (graph) => {
        const matrix = mixing.create({ kind: 'column-stochastic', selfWeight: 0.3 }, graph);
        const w = dense(matrix);
        const x = Float64Array.from({ length: graph.nodes }, (_, i) => i * i - 3);
        const times = (m: number[][]) => m.map((row) => row.reduce((sum, value, j) => sum + value * x[j], 0));
        near([...mix(matrix, x)], times(w));
        near([...mixTransposed(matrix, x)], times(transpose(w)));
      }),
    );
  });

  it('push-sum on a strongly connected directed graph: mass stays, ratios go to the mean', () => {
    const graph = graphFromEdges(5, [0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 2, 0, 3], true);
    const matrix = mixing.create({ kind: 'column-stochastic' }, graph);
    let x: Float64Array = Float64Array.of(1, 2, 3, 4, 10);
    let mass: Float64Array = new Float64Array(5).fill(1);
    for (let round = 0; round < 200; round++) {
      [x, mass] = [mix(matrix, x), mix(matrix, mass)];
      expect(mass.reduce((a, b) => a + b)).to.be.closeTo(5, 1e-12);
      expect(x.reduce((a, b) => a + b)).to.be.closeTo(20, 1e-11);
    }
    near(
      [...x].map((value, i) => value / mass[i]),
      new Array<number>(5).fill(4),
    );
  });

  it('leave a node without neighbours as it is', () => {
    const graph = graphFromEdges(3, [0, 1]);
    for (const { kind } of mixing.entries) {
      expect(dense(mixing.create({ kind }, graph))[2], kind).to.deep.equal([0, 0, 1]);
    }
  });

  it('refuse directed graphs where symmetry is the point, naming what works', () => {
    const graph = graphFromEdges(2, [0, 1], true);
    for (const kind of ['metropolis-hastings', 'max-degree']) {
      expect(() => mixing.create({ kind }, graph)).to.throw(
        `mixing '${kind}' needs an undirected topology, and this one is directed; ` +
          'use uniform, row-stochastic, or column-stochastic (push-sum)',
      );
    }
  });
});
