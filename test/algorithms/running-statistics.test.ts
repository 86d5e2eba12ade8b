/**
 * Batch norm's running statistics under every federated algorithm of the registry: the mean of the clients' with the
 * algorithm's weights, outside everything that steps; in a model with batch norm and dropout, on small inputs.
 */
import { expect } from 'chai';
import { addMean, algorithms, deltaAveraging, localSgd } from '../../algorithms/index.js';
import { optimizerSchema, STATISTICS, wasmEngine } from '../../learning/index.js';
import type { Choice } from '../../registry/index.js';
import {
  initial,
  meanOf,
  model,
  recordingEngine,
  smallShards,
  statisticsOf,
  variancesOf,
} from './batch-norm.js';
import { federated } from './federated.js';
import { runRounds, type Setting } from './host.js';

const shards = smallShards(6);

const training = {
  amount: { epochs: 3 },
  batchSize: 8,
  optimizer: { learningRate: 0.05, weightDecay: 0.1 },
  fraction: 1,
};
const trained = (kind: string, options: object = {}): Choice => ({ kind, ...training, ...options });

const federatedKinds = algorithms.entries
  .map(({ kind }) => kind)
  .filter((kind) => algorithms.create({ kind }, { synchronous: true }).family === 'federated');
const { amount, batchSize, ...fedsgd } = training;
const choices: readonly Choice[] = [
  ...federatedKinds.map((kind) => (kind === 'fedsgd' ? { kind, ...fedsgd } : trained(kind))),
  trained('fedavgm', { serverNesterov: true }),
  trained('fednova', { mu: 1, serverMomentum: 0.5 }),
  trained('fedprox', { mu: 10 }),
  trained('feddyn', { alpha: 1, clip: 1 }),
  trained('fedadam', { serverLearningRate: 1 }),
  trained('scaffold', { option: 'I', serverLearningRate: 3 }),
  trained('fedbuff', { serverLearningRate: 3 }),
];

for (const choice of choices) {
  describe(`running statistics under ${JSON.stringify(choice)}`, () => {
    const algorithm = federated(choice);
    const refusal = algorithm.refuse?.({ model, clients: shards.length, rounds: 3 });
    if (refusal !== undefined) {
      it('are refused in a sentence before anything runs', () => {
        expect(choice.kind).to.be.oneOf(['fisher', 'fedma']);
        expect(refusal).to.match(/batch.norm/);
      });
      return;
    }

    it('are the mean of the clients’ with the algorithm’s weights, in every round', () => {
      const { engine, left } = recordingEngine();
      const setting: Setting = { model, weights: initial, shards, engine };
      const { trace } = runRounds(algorithm, setting, 5);
      let before = statisticsOf(initial);
      for (const [round, { answered, state }] of trace.entries()) {
        const weights = algorithm.model(state)?.weights ?? new Float32Array();
        const own = left.slice(round * shards.length, (round + 1) * shards.length);
        const shares = answered.map(({ answer }) =>
          algorithm.answers === 'sum' ? algorithm.weigh(answer, 0) : answer.samples,
        );
        // FedAsync's server mixes a share of the clients' models into its own.
        const share = choice.kind === 'fedasync' ? 0.6 : 1;
        const old = before;
        const expected = meanOf(own, shares).map((value, i) => (1 - share) * old[i] + share * value);
        const found = statisticsOf(weights);
        found.forEach((value, i) => expect(value).to.be.closeTo(expected[i], 1e-6));
        expect(Math.min(...variancesOf(weights))).to.be.at.least(0);
        expect(found).not.to.deep.equal(before);
        before = found;
      }
    });

    it('are nowhere but in an answer’s vector of their own', () => {
      const { trace } = runRounds(algorithm, { model, weights: initial, shards, engine: wasmEngine() }, 3);
      for (const { answer } of trace.flatMap(({ answered }) => answered)) {
        for (const [name, vector] of Object.entries(answer.vectors)) {
          if (name === STATISTICS || name === 'grams' || choice.kind === 'fedasync') continue;
          expect(
            statisticsOf(vector).every((value) => value === 0),
            name,
          ).to.equal(true);
        }
      }
    });
  });
}

describe('a client rule that forgets running statistics', () => {
  it('is told so', () => {
    const options = { amount, batchSize, optimizer: optimizerSchema.parse({ learningRate: 0.1 }) };
    const algorithm = deltaAveraging(
      { fraction: 1 },
      (message, examples, tools) => {
        const { delta, loss } = localSgd(options, message, examples, tools);
        return { delta, scalars: { loss } };
      },
      addMean,
    );
    const setting: Setting = { model, weights: initial, shards, engine: wasmEngine() };
    expect(() => runRounds(algorithm, setting, 1)).to.throw('it must return the `statistics` of localSgd');
  });
});
