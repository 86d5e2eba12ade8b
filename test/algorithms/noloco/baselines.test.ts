/** DiLoCo, local SGD and data-parallel SGD by hand. */
import { expect } from 'chai';
import type { Choice } from '../../../registry/index.js';
import { wasmEngine } from '../../../learning/index.js';
import { perceptron, randomExamples, randomWeights } from '../../learning/wasm/cases.js';
import { gossiper, hostOf } from '../gossip/host.js';
import { halfway, pulledTo, topologyOf, weightsOf } from '../gossip/points.js';

const complete = { kind: 'complete' };
const targets = [
  [1, 4],
  [-3, 0],
  [-7, 2],
];
const start = Float32Array.of(0, 0);
const setting = pulledTo(targets, complete, { weights: start });

/** After each of a few rounds: the first number of every replica's weights; they must be the same. */
function path(algorithm: Choice, rounds: number): number[] {
  const host = hostOf(gossiper(algorithm), setting);
  return Array.from({ length: rounds }, () => {
    const weights = weightsOf(host.rounds(1));
    for (const other of weights) expect(other).to.deep.equal(weights[0]);
    return weights[0][0];
  });
}

function near(values: readonly number[], expected: readonly number[]): void {
  expect(values).to.have.length(expected.length);
  expected.forEach((value, i) => expect(values[i]).to.be.closeTo(value, 1e-5));
}

describe('diloco', () => {
  it('takes the step of PyTorch’s Nesterov momentum', () => {
    // The mean target is −3: Δ̄ = (−3 − φ) / 2. First v = Δ̄ = −1.5, φ = 0.7 · (1 + 0.9) · −1.5.
    const first = 0.7 * 1.9 * -1.5;
    const delta = (-3 - first) / 2;
    const v = 0.9 * -1.5 + delta;
    near(path({ kind: 'diloco', ...halfway }, 2), [first, first + 0.7 * (delta + 0.9 * v)]);
  });

  it('or the heavy-ball step of NoLoCo’s repository', () => {
    const first = 0.7 * -1.5;
    const v = 0.3 * first + 0.7 * ((-3 - first) / 2);
    const heavy = { outerOptimizer: 'heavyball', outerMomentum: 0.3 };
    near(path({ kind: 'diloco', ...halfway, ...heavy }, 2), [first, first + v]);
  });

  it('steps by .9975 or .525 for Δ̄ = .75', () => {
    const single = pulledTo([[1.5], [1.5]], complete);
    const first = (outer: object) =>
      hostOf(gossiper({ kind: 'diloco', ...halfway, ...outer }), single)
        .rounds(1)
        .weights(0)[0];
    expect(first({})).to.be.closeTo(0.9975, 1e-6);
    expect(first({ outerOptimizer: 'heavyball' })).to.be.closeTo(0.525, 1e-6);
  });
});

describe('local-sgd', () => {
  it('takes the mean of what replicas trained', () => {
    near(path({ kind: 'local-sgd', ...halfway }, 3), [-1.5, -2.25, -2.625]);
  });
});

describe('data-parallel, where all replicas hold the same examples', () => {
  const model = perceptron(6, 5, 3);
  const examples = randomExamples(20, 6, 3, 1);
  const weights = randomWeights(model, 2);
  const schedule = { kind: 'cosine', per: 'step', over: 12, warmup: 3, floor: 0.1 };

  for (const optimizer of [
    { kind: 'adam', learningRate: 0.01, schedule },
    { kind: 'adamw', learningRate: 0.01, weightDecay: 0.1 },
    { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  ]) {
    it(`takes the steps that one takes alone: ${optimizer.kind}`, () => {
      const settings = { batchSize: 'all', optimizer, clip: 0.5 };
      const after = (kind: string, more: object) => {
        const shards = [examples, examples];
        const topology = topologyOf(complete, 2);
        const algorithm = gossiper({ kind, ...settings, ...more });
        return hostOf(algorithm, { topology, model, weights, shards, engine: wasmEngine() })
          .rounds(10)
          .weights(0);
      };
      const alone = after('local-sgd', { amount: { epochs: 1 } });
      after('data-parallel', {}).forEach((w, i) => expect(w).to.be.closeTo(alone[i], 2e-6));
    });
  }
});

describe('data-parallel', () => {
  const batchSize = 'all';

  it('is gradient descent with the mean gradient', () => {
    near(
      path({ kind: 'data-parallel', batchSize, optimizer: { learningRate: 0.5 } }, 3),
      [-1.5, -2.25, -2.625],
    );
  });

  for (const nesterov of [false, true]) {
    it(`keeps ${nesterov ? "Nesterov's " : ''}momentum, decay and schedule`, () => {
      let [w, v] = [0, 0];
      const expected = [0.5, 0.25, 0.125].map((rate) => {
        const gradient = w + 3 + 0.1 * w;
        v = 0.9 * v + gradient;
        w -= rate * (nesterov ? gradient + 0.9 * v : v);
        return w;
      });
      const schedule = { kind: 'exponential', decay: 0.5, per: 'step' };
      const optimizer = { learningRate: 0.5, momentum: 0.9, weightDecay: 0.1, nesterov, schedule };
      near(path({ kind: 'data-parallel', batchSize, optimizer }, 3), expected);
    });
  }
});
