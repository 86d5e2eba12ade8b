/** A gossip run is judged and stopped by its nodes' own models; the average model, which no node has, stands beside them. */
import { expect } from 'chai';
import { mean } from '../../numerics/index.js';
import { parseRecipe } from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';

const NODES = 4;
const ROUNDS = 6;

/** Nodes that train alone on two classes each, from one start: none knows the others' classes, their average does. */
const apart = (fields: Readonly<Record<string, unknown>> = {}) =>
  parseRecipe(
    JSON.stringify({
      seed: 4,
      data: {
        dataset: { kind: 'mnist', limit: 400 },
        partition: { kind: 'shards', clients: NODES },
        validation: { fraction: 0.1, from: 'train' },
      },
      model: 'logistic',
      algorithm: { kind: 'isolated', amount: { epochs: 1 }, optimizer: { learningRate: 0.1 } },
      rounds: ROUNDS,
      evaluate: { every: 3, nodes: 2, examples: 100, on: ['test', 'validation', 'clients'] },
      ...fields,
    }),
  );

const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

describe('what a gossip run is judged by', () => {
  it('is the mean over its nodes, all of them at the end, beside the average model under its own name', async () => {
    const { record, events } = await simulate(apart(), { threads: 1 });
    const populations = of(events, 'population');
    const onTest = of(events, 'evaluation').filter(({ on }) => on === 'test');
    expect(onTest.map(({ nodes }) => nodes)).to.deep.equal([2, NODES]);
    for (const [i, { accuracy, loss }] of onTest.entries()) {
      expect(accuracy).to.equal(populations[i].nodes?.mean);
      expect(loss).to.equal(populations[i].nodes?.loss);
    }
    const last = onTest[1];
    expect(last.accuracy).to.equal(mean(populations[1].accuracies));
    expect(last.averageModel?.accuracy).to.be.greaterThan(last.accuracy + 0.1);
    expect(record).to.deep.include({
      ...{ accuracy: last.accuracy, loss: last.loss, evaluatedOn: 'test' },
      ...{ nodes: NODES, averageModel: last.averageModel },
    });
  });

  it('on validation examples too', async () => {
    const { events } = await simulate(apart(), { threads: 1 });
    const { nodes, accuracy, averageModel } = of(events, 'evaluation').filter(
      ({ on }) => on === 'validation',
    )[1];
    expect(nodes).to.equal(NODES);
    expect(accuracy).to.be.lessThan(averageModel?.accuracy ?? 0);
  });

  it('stops the run: a target that only the average model meets does not', async () => {
    const { record } = await simulate(apart(), { threads: 1 });
    const between = (record.accuracy + (record.averageModel?.accuracy ?? NaN)) / 2;
    const on = (accuracy: number) => simulate(apart({ stop: { accuracy } }), { threads: 1 });
    expect((await on(between)).record).to.deep.include({ ended: 'rounds', rounds: ROUNDS });
    expect((await on(0.1)).record).to.deep.include({ ended: 'target', rounds: 3 });
  });

  it('on the clients’ examples: each node’s own model on those that it trained on', async () => {
    const { events } = await simulate(apart(), { threads: 1 });
    const clients = of(events, 'clients').at(-1);
    // A model that was trained on two classes alone knows these; their average is at a loss.
    expect(clients?.worstTenth).to.be.greaterThan(0.9);
    expect(clients?.accuracies).to.have.lengthOf(NODES);
  });
});

describe('why a run ended', () => {
  it('is its target where the last round reaches that, in both families', async () => {
    const federated = { algorithm: { kind: 'fedavg', fraction: 1 }, evaluate: { every: 3 } };
    for (const fields of [{}, federated]) {
      const rounds = 3;
      const { record } = await simulate(apart({ ...fields, rounds, stop: { accuracy: 0.05 } }), {
        threads: 1,
      });
      expect(record).to.deep.include({ ended: 'target', rounds });
    }
  });
});
