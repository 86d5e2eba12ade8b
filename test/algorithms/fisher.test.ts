/** Fisher-weighted averaging against its formula, from the clients' answers. */
import { expect } from 'chai';
import { initialWeights, wasmEngine } from '../../learning/index.js';
import { perceptron } from '../learning/wasm/cases.js';
import { asExamples, CLASSES, INPUTS, labelled } from './clusters.js';
import { federated } from './federated.js';
import { trainedWeights, type Setting } from './host.js';

const engine = wasmEngine();
const model = perceptron(INPUTS, 6, CLASSES);
const weights = initialWeights(model, 1);
const shards = [7, 12, 20].map((count, client) => asExamples(labelled(client, count)));
const setting: Setting = { model, weights, engine, shards };
const options = { fraction: 1, amount: { epochs: 2 }, batchSize: 5, optimizer: { learningRate: 0.1 } };

/** What a client has trained in a round of FedAvg by itself. */
const alone = (client: number) =>
  trainedWeights(
    federated({ kind: 'fedavg', ...options }),
    { ...setting, answers: (other) => other === client },
    1,
  );

describe('fisher', () => {
  for (const over of ['labels', 'classes'] as const) {
    it(`is Σ n F w / Σ n F for every weight, over ${over}`, () => {
      const floor = 1e-4;
      const merged = trainedWeights(federated({ kind: 'fisher', ...options, over, floor }), setting, 1);
      const clients = shards.map((shard, client) => {
        const trained = alone(client);
        const fisher = engine.fisher(model, trained, shard, over);
        return { trained, shares: fisher.map((f) => shard.count * (f + floor)) };
      });
      merged.forEach((w, i) => {
        const sum = clients.reduce((all, { trained, shares }) => all + shares[i] * trained[i], 0);
        expect(w).to.be.closeTo(sum / clients.reduce((all, { shares }) => all + shares[i], 0), 1e-6);
      });
    });
  }

  it('is FedAvg where the floor is above all information', () => {
    const merged = trainedWeights(federated({ kind: 'fisher', ...options, floor: 1e4 }), setting, 3);
    const mean = trainedWeights(federated({ kind: 'fedavg', ...options }), setting, 3);
    merged.forEach((w, i) => expect(w).to.be.closeTo(mean[i], 1e-5));
  });
});
