import { expect } from 'chai';
import fc from 'fast-check';
import { spectrum } from '../../topologies/diagnostics/spectrum.js';
import { graphFromEdges, staticTopology } from '../../topologies/index.js';
import { measureConsensus, roundsToConsensus } from '../../topologies/diagnostics/consensus.js';
import { mixingMatrix } from '../../topologies/mixing/matrix.js';
import { mixing } from '../../topologies/mixing/registry.js';
import { topologies } from '../../topologies/registry.js';
import type { Choice } from '../../registry/index.js';

function gap(nodes: number, choice: Choice, mixed: string, dense?: number) {
  const graph = topologies.create(choice, { nodes, seed: 3 }).at(0);
  return spectrum(mixing.create({ kind: mixed }, graph), dense === undefined ? {} : { dense });
}

const { cos, PI } = Math;

/** The closed forms of 1 − ρ, checked at both ends of the spectrum by hand. */
const closedForms: readonly [Choice, string, readonly number[], (n: number) => number][] = [
  // Eigenvalues (1 + 2 cos 2πk/N) / 3: from N = 4 on the second largest |λ| is at k = 1.
  [{ kind: 'ring' }, 'metropolis-hastings', [4, 5, 16, 101, 256], (n) => (2 / 3) * (1 - cos((2 * PI) / n))],
  // Eigenvalues (1 + exp(2πik/N)) / 2, of size |cos πk/N|.
  [{ kind: 'ring', directed: true }, 'uniform', [3, 8, 51], (n) => 1 - cos(PI / n)],
  [
    { kind: 'torus' },
    'metropolis-hastings',
    [25, 100, 225],
    (n) => (2 / 5) * (1 - cos((2 * PI) / Math.sqrt(n))),
  ],
  [{ kind: 'hypercube' }, 'metropolis-hastings', [4, 8, 64, 256], (n) => 2 / (1 + Math.log2(n))],
  [{ kind: 'star' }, 'metropolis-hastings', [3, 10, 100], (n) => 1 / n],
  // Plain means: the hub's and a leaf's give eigenvalues 1, 1/2 (N − 2 times) and 1/N − 1/2.
  [{ kind: 'star' }, 'uniform', [3, 10, 100], () => 1 / 2],
  [{ kind: 'star' }, 'column-stochastic', [3, 10, 100], () => 1 / 2],
  [{ kind: 'complete' }, 'metropolis-hastings', [2, 3, 50], () => 1],
  [{ kind: 'complete' }, 'uniform', [2, 3, 50], () => 1],
  // Ying et al. 2021, Proposition 1: for even N, 2 / (1 + ⌈log2 N⌉).
  [{ kind: 'exponential' }, 'uniform', [8, 10, 64, 100], (n) => 2 / (1 + Math.ceil(Math.log2(n)))],
  // Path with Metropolis weights of 1/3: eigenvalues 1 − 2/3 (1 − cos πk/N).
  [{ kind: 'path' }, 'metropolis-hastings', [3, 10, 77], (n) => (2 / 3) * (1 - cos(PI / n))],
];

describe('spectral gap', () => {
  for (const [choice, mixed, sizes, form] of closedForms) {
    it(`of ${JSON.stringify(choice)} with ${mixed} is its closed form`, () => {
      for (const nodes of sizes) {
        const found = gap(nodes, choice, mixed);
        expect(found.certainty).to.equal('exact');
        expect(found.spectralGap, String(nodes)).to.be.closeTo(form(nodes), 1e-9);
        expect(found.secondEigenvalue).to.be.closeTo(1 - form(nodes), 1e-9);
      }
    });
  }

  it('sees the negative end of the spectrum', () => {
    // A ring of four has eigenvalues 1, 1/3, 1/3, −1/3.
    expect(gap(4, { kind: 'ring' }, 'metropolis-hastings').secondEigenvalue).to.be.closeTo(1 / 3, 1e-12);
    // Two nodes that keep 0.1: eigenvalues 1 and −0.8.
    const two = graphFromEdges(2, [0, 1, 1, 0], true);
    const found = spectrum(mixing.create({ kind: 'row-stochastic', selfWeight: 0.1 }, two));
    expect(found.secondEigenvalue).to.be.closeTo(0.8, 1e-12);
  });

  it('by Lanczos is that of the dense decomposition', () => {
    const cases: [number, Choice, string][] = [
      [200, { kind: 'ring' }, 'metropolis-hastings'],
      [196, { kind: 'torus' }, 'metropolis-hastings'],
      [128, { kind: 'hypercube' }, 'max-degree'],
      [200, { kind: 'regular' }, 'uniform'],
      [200, { kind: 'barabasi-albert' }, 'metropolis-hastings'],
      [200, { kind: 'barabasi-albert' }, 'uniform'],
      [200, { kind: 'barabasi-albert' }, 'column-stochastic'],
      [150, { kind: 'watts-strogatz' }, 'row-stochastic'],
      [120, { kind: 'stochastic-block' }, 'max-degree'],
      [100, { kind: 'star' }, 'metropolis-hastings'],
      [60, { kind: 'complete' }, 'metropolis-hastings'],
    ];
    for (const [nodes, choice, mixed] of cases) {
      const exact = gap(nodes, choice, mixed);
      const iterated = gap(nodes, choice, mixed, 0);
      expect(iterated.certainty, choice.kind).to.equal('converged');
      expect(iterated.spectralGap, choice.kind).to.be.closeTo(exact.spectralGap, 1e-9);
    }
  });

  it('of large graphs is the closed form', () => {
    const ring = gap(2000, { kind: 'ring' }, 'metropolis-hastings');
    const form = (2 / 3) * (1 - cos((2 * PI) / 2000));
    expect(ring.certainty).to.equal('converged');
    expect(ring.spectralGap / form).to.be.closeTo(1, 1e-5);
    expect(gap(10_000, { kind: 'torus' }, 'metropolis-hastings').spectralGap).to.be.closeTo(
      (2 / 5) * (1 - cos((2 * PI) / 100)),
      1e-9,
    );
    expect(gap(8192, { kind: 'hypercube' }, 'metropolis-hastings').spectralGap).to.be.closeTo(2 / 14, 1e-9);
  });

  it('of large directed graphs, by Arnoldi, is that of the dense decomposition', () => {
    const found = gap(1024, { kind: 'exponential' }, 'uniform');
    expect(found.certainty).to.equal('converged');
    expect(found.spectralGap).to.be.closeTo(2 / 11, 1e-6);
    for (const seed of [1, 2, 3]) {
      const graph = topologies.create({ kind: 'epidemic', variant: 'local' }, { nodes: 90, seed }).at(0);
      for (const kind of ['row-stochastic', 'column-stochastic']) {
        const matrix = mixing.create({ kind }, graph);
        const iterated = spectrum(matrix, { dense: 0 });
        expect(iterated.certainty).to.equal('converged');
        expect(iterated.spectralGap).to.be.closeTo(spectrum(matrix).spectralGap, 1e-5);
      }
    }
  });

  it('of large directed graphs whose eigenvalues are too close for Arnoldi is bounded by singular values', () => {
    // All eigenvalues of the directed ring lie on one circle, and its singular values are their sizes.
    const found = gap(1000, { kind: 'ring', directed: true }, 'uniform');
    expect(found.certainty).to.equal('at least');
    expect(found.spectralGap / (1 - cos(PI / 1000))).to.be.closeTo(1, 1e-4);
  });

  it('of which steps run out is a bound from above, and says so', () => {
    const ring = topologies.create({ kind: 'ring' }, { nodes: 3000, seed: 1 }).at(0);
    const found = spectrum(mixing.create({ kind: 'metropolis-hastings' }, ring), { work: 1 });
    expect(found.certainty).to.equal('at most');
    expect(found.spectralGap).to.be.greaterThan((2 / 3) * (1 - cos((2 * PI) / 3000)));
    const circulant = topologies.create({ kind: 'ring', directed: true }, { nodes: 3000, seed: 1 }).at(0);
    expect(spectrum(mixing.create({ kind: 'uniform' }, circulant), { work: 1 }).certainty).to.equal(
      'estimate',
    );
  });

  it('needs sums of 1', () => {
    const half = mixingMatrix(
      graphFromEdges(2, [0, 1]),
      () => 0.25,
      () => 0.25,
    );
    expect(() => spectrum(half)).to.throw('whose rows or columns sum to 1, and here neither do');
  });

  it('is 0 where parts never agree', () => {
    const apart = graphFromEdges(4, [0, 1, 2, 3]);
    for (const kind of ['metropolis-hastings', 'uniform']) {
      const matrix = mixing.create({ kind }, apart);
      expect(spectrum(matrix).spectralGap).to.equal(0);
      expect(spectrum(matrix, { dense: 0 }).spectralGap).to.equal(0);
    }
  });

  it('is what power iteration on differences finds (an independent way, any undirected graph)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const topology = topologies.create(
          { kind: 'watts-strogatz', degree: 4, rewiring: 0.3 },
          { nodes: 24, seed },
        );
        const rho = spectrum(mixing.create({ kind: 'metropolis-hastings' }, topology.at(0))).secondEigenvalue;
        const { perRound } = measureConsensus(topology, { kind: 'metropolis-hastings' }, { rounds: 120 });
        expect(perRound).to.be.at.most(rho + 1e-9);
        expect(perRound).to.be.at.least(rho - 0.02);
      }),
      { numRuns: 20 },
    );
  });
});

describe('rounds to consensus', () => {
  it('are the first power of the second eigenvalue below epsilon', () => {
    expect(roundsToConsensus(0.5, 1e-3)).to.equal(10);
    expect(roundsToConsensus(0.1, 1e-3)).to.equal(3);
    expect(roundsToConsensus(0, 1e-3)).to.equal(1);
    expect(roundsToConsensus(1, 1e-3)).to.equal(Infinity);
    // Close to ln(1/ε) / (1 − ρ) for small gaps.
    expect(roundsToConsensus(1 - 1e-5, 1e-3) / (Math.log(1e3) / 1e-5)).to.be.closeTo(1, 1e-4);
  });

  it('measured and predicted shrinkage agree in the long run', () => {
    const topology = topologies.create({ kind: 'ring' }, { nodes: 12, seed: 1 });
    const { distances } = measureConsensus(topology, { kind: 'uniform' }, { rounds: 200 });
    const rho = (1 + 2 * cos(PI / 6)) / 3;
    expect(distances[199] / distances[198]).to.be.closeTo(rho, 1e-6);
  });

  it('one peer a round at exponential distances: the exact mean after log2 N rounds, N a power of two', () => {
    for (const nodes of [2, 4, 16, 128]) {
      const topology = topologies.create({ kind: 'one-peer-exponential' }, { nodes, seed: 1 });
      for (const kind of ['uniform', 'row-stochastic', 'column-stochastic']) {
        const measured = measureConsensus(topology, { kind });
        expect(measured.distances.length, String(nodes)).to.equal(Math.log2(nodes));
        expect(measured.agreed).to.equal(true);
        expect(measured.reached).to.equal(Math.log2(nodes));
      }
    }
    const odd = topologies.create({ kind: 'one-peer-exponential' }, { nodes: 12, seed: 1 });
    expect(measureConsensus(odd, { kind: 'uniform' }).distances[3]).to.be.greaterThan(1e-3);
  });

  it('push-sum comes to agree on a directed graph of unequal degrees', () => {
    const graph = graphFromEdges(5, [0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 2, 0, 3], true);
    const { agreed } = measureConsensus(
      staticTopology(graph),
      { kind: 'column-stochastic' },
      { rounds: 300 },
    );
    expect(agreed).to.equal(true);
  });
});
