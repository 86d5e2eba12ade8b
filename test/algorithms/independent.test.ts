/** FedAvg and the optimizer's options against an implementation of their own in float64: logistic regression. */
import { expect } from 'chai';
import { buildModel, wasmEngine } from '../../learning/index.js';
import { permutation, stream } from '../../numerics/index.js';
import { asExamples, CLASSES, INPUTS, labelled, type Labelled } from './clusters.js';
import { trainedWeights } from './host.js';
import { federated } from './federated.js';

const WIDTH = (INPUTS + 1) * CLASSES;

/** The mean gradient of softmax cross-entropy over a batch; weights are a kernel [inputs, classes] and a bias. */
function gradient(w: Float64Array, { inputs, labels }: Labelled, batch: readonly number[]): Float64Array {
  const sum = new Float64Array(WIDTH);
  for (const index of batch) {
    const x = [...inputs[index], 1];
    const exponentials = Array.from({ length: CLASSES }, (_, c) =>
      Math.exp(x.reduce((logit, value, i) => logit + value * w[i * CLASSES + c], 0)),
    );
    const total = exponentials.reduce((a, b) => a + b);
    for (let c = 0; c < CLASSES; c++) {
      const error = exponentials[c] / total - (labels[index] === c ? 1 : 0);
      for (let i = 0; i < x.length; i++) sum[i * CLASSES + c] += (error * x[i]) / batch.length;
    }
  }
  return sum;
}

interface Case {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  /** From each round to the next. */
  readonly decay?: number;
  readonly mu?: number;
}

const EPOCHS = 2;
const BATCH = 4;
const RATE = 0.1;
const ROUNDS = 8;

/** One client's weights after its epochs in a round. */
function clientUpdate(start: Float64Array, data: Labelled, client: number, round: number, options: Case) {
  const { momentum = 0, nesterov = false, weightDecay = 0, decay = 1, mu = 0 } = options;
  const w = start.slice();
  const velocity = new Float64Array(WIDTH);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const draw = stream(1, 'client', client, 'round', round, 'epoch', epoch);
    const order = [...permutation(draw, data.labels.length)];
    for (let at = 0; at < order.length; at += BATCH) {
      const g = gradient(w, data, order.slice(at, at + BATCH));
      for (let i = 0; i < WIDTH; i++) {
        const slope = g[i] + weightDecay * w[i] + mu * (w[i] - start[i]);
        velocity[i] = momentum * velocity[i] + slope;
        w[i] -= RATE * decay ** round * (nesterov ? slope + momentum * velocity[i] : velocity[i]);
      }
    }
  }
  return w;
}

/** Rounds in which everybody takes part. */
function averaged(parts: readonly Labelled[], options: Case): Float64Array {
  const total = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  let w = new Float64Array(WIDTH);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(WIDTH);
    for (const [client, data] of parts.entries()) {
      const trained = clientUpdate(w, data, client, round, options);
      for (let i = 0; i < WIDTH; i++) next[i] += (data.labels.length / total) * trained[i];
    }
    w = next;
  }
  return w;
}

describe('federated averaging against an independent implementation', () => {
  const parts = [5, 23, 14].map((count, client) => labelled(client, count));
  const model = buildModel({
    input: [INPUTS],
    layers: [{ kind: 'dense', units: CLASSES, activation: 'none' }],
  });
  const setting = {
    model,
    weights: new Float32Array(WIDTH),
    engine: wasmEngine(),
    shards: parts.map(asExamples),
  };
  const cases: Record<string, Case> = {
    'plain SGD': {},
    'momentum and weight decay': { momentum: 0.8, weightDecay: 0.01 },
    "Nesterov's momentum and a decaying rate": { momentum: 0.8, nesterov: true, decay: 0.9 },
    'a proximal term and momentum': { momentum: 0.5, mu: 0.7 },
  };
  for (const [name, options] of Object.entries(cases)) {
    it(`agrees to 1e-5 with ${name}`, () => {
      const { mu = 0, decay = 1, ...rest } = options;
      const optimizer = { learningRate: RATE, ...rest, schedule: { kind: 'exponential', decay } };
      const choice = {
        kind: 'fedprox',
        mu,
        fraction: 1,
        amount: { epochs: EPOCHS },
        batchSize: BATCH,
        optimizer,
      };
      const trained = trainedWeights(federated(choice), setting, ROUNDS);
      const expected = averaged(parts, options);
      for (let i = 0; i < WIDTH; i++) expect(trained[i]).to.be.closeTo(expected[i], 1e-5);
    });
  }
});
