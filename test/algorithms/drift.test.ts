/** What SCAFFOLD and FedDyn are for: clients that drift apart in many local steps, and end at one optimum all the same. */
import { expect } from 'chai';
import { buildModel, wasmEngine } from '../../learning/index.js';
import { asExamples, CLASSES, INPUTS, labelled, union } from './clusters.js';
import { trainedWeights } from './host.js';
import { federated } from './federated.js';

describe('client drift on logistic regression', () => {
  const engine = wasmEngine();
  const model = buildModel({
    input: [INPUTS],
    layers: [{ kind: 'dense', units: CLASSES, activation: 'none' }],
  });
  const parts = [0, 1, 2].map((client) => labelled(client, 20));
  const weights = new Float32Array(model.manifest.length);
  const weightDecay = 0.05;

  /** The norm of the whole objective's gradient, which is zero at the optimum and nowhere else. */
  function slope(kind: string, options: object): number {
    const choice = {
      ...{ kind, fraction: 1, amount: { epochs: 10 }, batchSize: 'all' },
      ...{ optimizer: { learningRate: 0.2, weightDecay }, ...options },
    };
    const setting = { model, weights, engine, shards: parts.map(asExamples) };
    const trained = trainedWeights(federated(choice), setting, 150);
    const { gradient } = engine.gradient(model, trained, asExamples(union(parts)));
    return Math.hypot(...gradient.map((g, i) => g + weightDecay * trained[i]));
  }

  it('keeps FedAvg away from the optimum', () => {
    expect(slope('fedavg', {})).to.be.above(0.01);
  });

  for (const option of ['I', 'II']) {
    it(`does not keep SCAFFOLD's option ${option} away`, () => {
      expect(slope('scaffold', { option })).to.be.below(1e-4);
    });
  }

  it('does not keep FedDyn away', () => {
    expect(slope('feddyn', { alpha: 0.1 })).to.be.below(1e-4);
  });
});
