import { expect } from 'chai';
import { mean, range, stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import { consensusRate, radiusOf } from '../../topologies/diagnostics/consensus-rate.js';
import { matrixOnDifferences } from '../../topologies/diagnostics/differences.js';
import { mix } from '../../topologies/mixing/matrix.js';
import { mixing } from '../../topologies/mixing/registry.js';
import { mixingRounds } from '../../topologies/mixing/rounds.js';
import { topologies } from '../../topologies/registry.js';
import type { Topology } from '../../topologies/topology.js';

const make = (choice: unknown, nodes: number) =>
  topologies.create(topologies.field().parse(choice), {
    seed: 1,
    nodes,
    readFile: () => '0,1\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n8,9\n9,10\n10,11\n11,0\n0,5\n',
  });

const more: Readonly<Record<string, readonly object[]>> = {
  ring: [{}, { directed: true }],
  'erdos-renyi': [{ probability: 0.4 }],
  hierarchical: [{ groups: 3 }, { groups: 3, between: 'one-peer-exponential' }],
  exponential: [{}, { directed: false }],
  'random-matching': [
    {},
    { base: 'torus' },
    { base: { kind: 'hierarchical', between: 'one-peer-exponential', groups: 3 } },
  ],
  epidemic: [{ degree: 3 }, { variant: 'local', degree: 2 }],
  churn: [
    { base: 'ring', linkFailure: 0.3 },
    { base: 'exponential', nodeFailure: 0.3, rounds: 2 },
    { base: 'one-peer-exponential', linkFailure: 0.2, rounds: 3 },
  ],
  file: [{ path: 'edges.csv' }],
};

const nodesOf = (kind: string) => (kind === 'hypercube' ? 16 : 12);

const choices = topologies.entries.flatMap(({ kind }) =>
  (more[kind] ?? [{}]).map((options) => ({ kind, ...options })),
);
const weights: readonly Choice[] = mixing.entries.flatMap(({ kind }): Choice[] =>
  kind.endsWith('-stochastic')
    ? [{ kind }, { kind, selfWeight: 0.9 }, { kind, selfWeight: 0.2 }]
    : [{ kind }],
);

/** ln of ‖z − z̄‖² after each round over that at the start, z = x / ω; differences are scaled up again in each round. */
function logSquares(
  matrices: ReturnType<typeof mixingRounds>,
  nodes: number,
  { first = 0, rounds, name = 0 }: { first?: number; rounds: number; name?: number },
): number[] {
  const draw = stream(5, 'test', 'consensus', name);
  let x: Float64Array = Float64Array.from({ length: nodes }, () => draw() - 0.5);
  let mass: Float64Array = new Float64Array(nodes).fill(1);
  let sum = 0;
  const distance = () => {
    const centre = mean(x.map((value, i) => value / mass[i]));
    x = x.map((value, i) => value - centre * mass[i]);
    const square = x.reduce((total, value, i) => total + (value / mass[i]) ** 2, 0);
    x = x.map((value) => value / Math.sqrt(square));
    return Math.log(square);
  };
  distance();
  return Array.from(range(rounds), (round) => {
    const matrix = matrices(first + round);
    x = mix(matrix, x);
    mass = mix(matrix, mass);
    return (sum += distance());
  });
}

/** The factor a round over the second half of many rounds of one run. */
function measuredFactor(topology: Topology, choice: Choice): number {
  const rounds = 120 * (topology.period ?? 1);
  const squares = logSquares(mixingRounds(topology, choice), topology.nodes, { rounds: 2 * rounds });
  return Math.exp((squares[2 * rounds - 1] - squares[rounds - 1]) / (2 * rounds));
}

/** The factor a round of the mean square over many runs, and its standard error. */
function measuredMeanSquare(topology: Topology, choice: Choice, gap: number) {
  const { nodes, block = 1 } = topology;
  const matrices = mixingRounds(topology, choice);
  // Long enough that faster modes are gone, and no longer: the mean over runs is dominated by ever fewer of them.
  const half = block * Math.max(3, Math.ceil(3 / gap / block));
  const runs = Math.ceil(8000 / half);
  const pairs = Array.from(range(runs), (run) => {
    const squares = logSquares(matrices, nodes, {
      first: 2 * (run + 200) * half,
      rounds: 2 * half,
      name: run,
    });
    return [squares[half - 1], squares[2 * half - 1]].map(Math.exp);
  });
  const [early, late] = [mean(pairs.map(([a]) => a)), mean(pairs.map(([, b]) => b))];
  const ratio = late / early;
  const factor = ratio ** (1 / (2 * half));
  const spread = mean(pairs.map(([a, b]) => ((b - ratio * a) / early) ** 2));
  return { factor, error: ((factor / ratio) * Math.sqrt(spread / runs)) / (2 * half) };
}

describe('the consensus rate', () => {
  for (const choice of choices) {
    const topology = make(choice, nodesOf(choice.kind));
    for (const weight of weights) {
      const isDirected = topology.directed && ['metropolis-hastings', 'max-degree'].includes(weight.kind);
      if (isDirected) continue;
      // Rounds drawn anew take longer.
      if (topology.period === undefined && weight['keep'] !== undefined && choice.kind !== 'churn') continue;
      it(`of ${JSON.stringify(choice)} with ${JSON.stringify(weight)} is that of runs without training`, () => {
        const rate = consensusRate(topology, weight);
        if (rate === undefined) throw new Error('no rate');
        expect(rate.spectralGap).to.be.closeTo(1 - rate.factor, 1e-12);
        if (topology.period === undefined) {
          const { factor, error } = measuredMeanSquare(topology, weight, rate.spectralGap);
          const both = Math.hypot(error, rate.standardError ?? NaN);
          expect(both, 'standard error').to.be.below(0.15 * rate.spectralGap);
          expect(factor, `± ${both}`).to.be.closeTo(rate.factor, 4 * both);
        } else if (rate.exactAfter !== undefined) {
          const rounds = rate.exactAfter;
          const squares = logSquares(mixingRounds(topology, weight), topology.nodes, { rounds });
          expect(squares[rounds - 1]).to.be.below(Math.log(1e-28));
        } else {
          expect(measuredFactor(topology, weight)).to.be.closeTo(rate.factor, 0.003);
        }
      });
    }
  }

  it('of pairs drawn anew is their closed form', () => {
    // A pair's mean is a projection, W² = W, so the square shrinks by E[W]'s eigenvalue (N − 2) / 2(N − 1).
    for (const nodes of [6, 12, 40]) {
      const rate = consensusRate(make('random-matching', nodes), { kind: 'uniform' });
      const error = rate?.standardError ?? NaN;
      expect(rate?.factor).to.be.closeTo(Math.sqrt((nodes - 2) / (2 * (nodes - 1))), 4 * error);
      expect(error).to.be.below(0.01);
    }
  });

  it('of large periods, by Arnoldi, is that of the dense decomposition', () => {
    const topology = make('one-peer-exponential', 300);
    const period = Array.from(range(topology.period ?? 1), mixingRounds(topology, { kind: 'uniform' }));
    const dense = radiusOf(matrixOnDifferences(period)) ** (1 / period.length);
    const rate = consensusRate(topology, { kind: 'uniform' });
    expect(rate?.certainty).to.equal('converged');
    expect(rate?.factor).to.be.closeTo(dense, 1e-6);
    expect(consensusRate(make('one-peer-exponential', 512), { kind: 'uniform' })).to.include({
      spectralGap: 1,
      exactAfter: 9,
    });
  });

  it('is not worked out where sampling would take too long', () => {
    expect(consensusRate(make('random-matching', 1000), { kind: 'uniform' })).to.equal(undefined);
  });

  it('is the same whenever it is asked for', () => {
    const once = consensusRate(make('epidemic', 12), { kind: 'uniform' });
    expect(consensusRate(make('epidemic', 12), { kind: 'uniform' })).to.deep.equal(once);
  });
});
