/** Algorithms that must agree where what sets them apart is nothing: random clients, a real network and engine. */
import { expect } from 'chai';
import { buildModel, initialWeights, wasmEngine } from '../../learning/index.js';
import { asExamples, CLASSES, INPUTS, labelled, union } from './clusters.js';
import { trainedWeights, type Setting } from './host.js';
import { federated } from './federated.js';

const engine = wasmEngine();
const model = buildModel({
  input: [INPUTS],
  layers: [
    { kind: 'dense', units: 7, activation: 'relu' },
    { kind: 'dense', units: CLASSES, activation: 'none' },
  ],
});
const weights = initialWeights(model, 1);

const unequal = [4, 17, 9, 30, 12].map((count, client) => labelled(client, count));
const equal = [0, 1, 2, 3].map((client) => labelled(client, 12));
const settingOf = (parts: typeof unequal): Setting => ({
  ...{ model, weights, engine },
  shards: parts.map(asExamples),
});

const run = (kind: string, options: object, setting: Setting, rounds = 20) =>
  trainedWeights(federated({ kind, ...options }), setting, rounds);

/** The largest difference between two vectors. */
function gap(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

describe('identities between algorithms', () => {
  const optimizer = { learningRate: 0.2 };
  const wholeBatch = { fraction: 1, batchSize: 'all', optimizer };

  it('FedSGD with all clients is gradient descent on all examples, to 1e-6', () => {
    const everything = asExamples(union(unequal));
    let central = weights;
    for (let round = 0; round < 20; round++) {
      const { gradient } = engine.gradient(model, central, everything);
      central = central.map((w, i) => w - 0.2 * gradient[i]);
    }
    const federated = run('fedsgd', { fraction: 1, optimizer }, settingOf(unequal));
    expect(gap(federated, central)).to.be.below(1e-6);
    expect(gap(federated, weights)).to.be.above(0.1);
  });

  it('FedSGD is FedAvg with one epoch of one batch, to the bit', () => {
    const fedavg = run('fedavg', wholeBatch, settingOf(unequal));
    expect(run('fedsgd', { fraction: 1, optimizer }, settingOf(unequal))).to.deep.equal(fedavg);
  });

  it('FedProx with μ = 0 and FedAvgM with β = 0, η = 1 are FedAvg, to the bit', () => {
    const options = {
      clientsPerRound: 3,
      amount: { epochs: 2 },
      batchSize: 4,
      optimizer: { learningRate: 0.1, momentum: 0.5 },
    };
    const fedavg = run('fedavg', options, settingOf(unequal));
    expect(run('fedprox', { ...options, mu: 0 }, settingOf(unequal))).to.deep.equal(fedavg);
    expect(run('fedavgm', { ...options, serverMomentum: 0 }, settingOf(unequal))).to.deep.equal(fedavg);
  });

  it('FedNova with equal numbers of steps is FedAvg, to 1e-6, and not with unequal ones', () => {
    const options = {
      fraction: 1,
      amount: { epochs: 3 },
      batchSize: 'all',
      optimizer: { learningRate: 0.1, momentum: 0.5 },
    };
    const difference = (setting: Setting, extra: object = {}) =>
      gap(
        run('fednova', { ...options, ...extra }, setting),
        run('fedavg', { ...options, ...extra }, setting),
      );
    expect(difference(settingOf(unequal))).to.be.below(1e-6);
    expect(difference(settingOf(unequal), { batchSize: 4 })).to.be.above(1e-3);
  });

  it('SCAFFOLD with one step is FedSGD where all clients of equal size take part, to 1e-6', () => {
    // The mean of c − c_i over all clients is zero, whatever these are.
    const fedsgd = run('fedsgd', { fraction: 1, optimizer }, settingOf(equal));
    for (const option of ['I', 'II']) {
      expect(gap(run('scaffold', { ...wholeBatch, option }, settingOf(equal)), fedsgd)).to.be.below(1e-6);
    }
  });

  it('SCAFFOLD in its first round, where c and all c_i are zero, is FedAvg of equal clients, to 1e-6', () => {
    const options = { clientsPerRound: 2, amount: { epochs: 2 }, batchSize: 4, optimizer };
    const fedavg = run('fedavg', options, settingOf(equal), 1);
    expect(gap(run('scaffold', options, settingOf(equal), 1), fedavg)).to.be.below(1e-6);
  });
});
