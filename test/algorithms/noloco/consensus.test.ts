/**
 * Replicas that do not train: how fast they come together. Two oracles: the table of spectral radii,
 * computed apart, and the recursion of second moments it comes from, which many replicas of the algorithm itself must follow.
 */
import { distributions, stream } from '../../../numerics/index.js';
import { expect } from 'chai';
import { pointModel, points, quadraticEngine } from '../quadratic.js';
import { gossiper, hostOf } from '../gossip/host.js';
import { topologyOf } from '../gossip/points.js';

interface Moments {
  readonly V: number;
  readonly C: number;
  readonly M: number;
}

/** V = E x², C = E xδ, M = E δ² of the distance x to consensus, one outer step further. */
function next({ V, C, M }: Moments, alpha: number, gamma: number, n: number): Moments {
  const kappa = (n - 1) / n;
  const m = alpha ** 2 * M - 2 * alpha * gamma * kappa * C + gamma ** 2 * kappa * V;
  return { M: m, C: alpha * C - gamma * kappa * V + m, V: V + 2 * (alpha * C - gamma * kappa * V) + m };
}

/** The growth of the moments by step, over many steps: the spectral radius of the recursion. */
function radius(alpha: number, gamma: number, n = 2): number {
  let moments: Moments = { V: 1, C: 0.1, M: 0.2 };
  let logarithm = 0;
  const [skipped, steps] = [500, 4000];
  for (let step = 0; step < skipped + steps; step++) {
    moments = next(moments, alpha, gamma, n);
    const { V, C, M } = moments;
    const size = Math.hypot(V, C, M);
    if (step >= skipped) logarithm += Math.log(size);
    moments = { V: V / size, C: C / size, M: M / size };
  }
  return Math.exp(logarithm / steps);
}

const DIMENSION = 32;

/** The variance of replicas around their mean after each of some rounds in which nobody trains. */
function variances(options: object, replicas: number, rounds: number): number[] {
  const normal = distributions.normal(stream(3, 'starts'));
  const starts = Array.from({ length: replicas }, () => Float32Array.from({ length: DIMENSION }, normal));
  const host = hostOf(gossiper({ kind: 'noloco', allowUnstable: true, ...options }), {
    topology: topologyOf({ kind: 'complete' }, replicas),
    model: pointModel(DIMENSION),
    weights: starts,
    shards: starts.map(() => points()),
    engine: quadraticEngine,
  });
  return Array.from({ length: rounds }, () => {
    host.rounds(1);
    let sum = 0;
    for (let i = 0; i < DIMENSION; i++) {
      const values = host.nodes.map((_, node) => host.weights(node)[i]);
      const mean = values.reduce((total, value) => total + value, 0) / replicas;
      for (const value of values) sum += (value - mean) ** 2;
    }
    return sum / (replicas * DIMENSION);
  });
}

const table = [
  { alpha: 0, at07: 0.545, best: 1, bestRadius: 0.5 },
  { alpha: 0.3, at07: 0.553, best: 0.584, bestRadius: 0.545 },
  { alpha: 0.5, at07: 0.7, best: 0.3, bestRadius: 0.625 },
  { alpha: 0.7, at07: 0.891, best: 0.103, bestRadius: 0.745 },
  { alpha: 0.9, at07: 1.098, best: 0.011, bestRadius: 0.905 },
];

describe("noloco's consensus without training", () => {
  for (const { alpha, at07, best, bestRadius } of table) {
    it(`contracts as in the table: α = ${alpha}`, () => {
      expect(radius(alpha, 0.7) / at07).to.be.closeTo(1, 0.002);
      expect(radius(alpha, best) / bestRadius).to.be.closeTo(1, 0.002);
    });

    it(`follows the recursion, and contracts by the table's radius within 2 %: α = ${alpha}`, () => {
      const measured = variances({ alpha, gamma: 0.7 }, 512, 16);
      let moments: Moments = { V: 1, C: 0, M: 0 };
      for (const variance of measured) {
        moments = next(moments, alpha, 0.7, 2);
        expect(variance / moments.V).to.be.closeTo(1, 0.1);
      }
      expect((measured[15] / measured[7]) ** (1 / 8) / at07).to.be.closeTo(1, 0.02);
    });
  }

  it('explodes at α = .9, γ = .7, and converges at γ = .2', () => {
    expect(variances({ alpha: 0.9, gamma: 0.7 }, 32, 120)[119]).to.be.greaterThan(100);
    expect(variances({ alpha: 0.9, gamma: 0.2 }, 32, 120)[119]).to.be.lessThan(0.01);
  });

  it('is faster in larger groups, as the recursion says', () => {
    let moments: Moments = { V: 1, C: 0, M: 0 };
    for (const variance of variances({ groupSize: 8 }, 512, 6)) {
      moments = next(moments, 0.5, 0.7, 8);
      expect(variance / moments.V).to.be.closeTo(1, 0.1);
    }
    expect(radius(0.5, 0.7, 8)).to.be.lessThan(radius(0.5, 0.7, 2));
  });
});
