/**
 * Batch norm's running statistics under every gossip algorithm of the registry: averaged among nodes and never stepped,
 * in a model with batch norm and dropout, on small inputs.
 */
import { expect } from 'chai';
import { algorithms, schedulesOf } from '../../../algorithms/index.js';
import type { Choice } from '../../../registry/index.js';
import {
  initial,
  meanOf,
  model,
  recordingEngine,
  smallShards,
  statisticsOf,
  variancesOf,
} from '../batch-norm.js';
import { gossiper, hostOf, numberOf, type Host } from './host.js';
import { topologyOf } from './points.js';

const NODES = 4;
const shards = smallShards(NODES);
const complete = topologyOf({ kind: 'complete' }, NODES);
const optimizer = { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 };
const amount = { steps: 4 };
const training = { batchSize: 8, amount, optimizer };

/** Options of the algorithms that do not train with an optimizer and an amount. */
const others: Readonly<Record<string, object>> = {
  'gradient-tracking': { batchSize: 8, learningRate: 0.05 },
  'data-parallel': { batchSize: 8, optimizer, clip: 0.5 },
};
const kinds = algorithms.entries
  .map(({ kind }) => kind)
  .filter((kind) => algorithms.create({ kind }, { synchronous: true }).family === 'gossip');
const choices: readonly Choice[] = [
  ...kinds.map((kind) => ({ kind, ...(others[kind] ?? training) })),
  { kind: 'noloco', ...training, communication: 'combined', gamma: 0.9 },
  { kind: 'diloco', ...training, outerOptimizer: 'heavyball', outerMomentum: 0.9 },
  { kind: 'd-psgd', ...training, order: 'adapt-then-combine' },
  { kind: 'gossip', ...training, merge: 'variance-corrected' },
];

const all = [...Array(NODES).keys()];
const statistics = (host: Host) => all.map((node) => statisticsOf(host.weights(node)));

/** Where the independent computation is short: what the nodes' statistics are after a round. */
type Expectation = (given: {
  readonly before: readonly Float32Array[];
  /** What each node's training left. */
  readonly left: readonly Float32Array[];
  /** From whom a node had messages. */
  readonly from: (node: number) => readonly number[];
}) => readonly Float64Array[];

const group: Expectation = ({ left, from }) =>
  all.map((node) => meanOf([node, ...from(node)].map((member) => left[member])));
const everybody: Expectation = ({ left }) => all.map(() => meanOf(left));
const expectations: Readonly<Partial<Record<string, Expectation>>> = {
  isolated: ({ left }) => left.map((own) => Float64Array.from(own)),
  noloco: group,
  diloco: everybody,
  'local-sgd': everybody,
  'data-parallel': everybody,
  epidemic: group,
};

for (const choice of choices) {
  const label = JSON.stringify(choice);
  for (const synchronous of [true, false]) {
    const algorithm = gossiper(choice, synchronous);
    if (!schedulesOf(algorithm).includes(synchronous ? 'synchronous' : 'asynchronous')) continue;

    describe(`running statistics under ${label}, ${synchronous ? 'in rounds' : 'asynchronously'}`, () => {
      it('stay among those of models and trainings, with variances that are not negative', () => {
        const { engine, left, passes } = recordingEngine();
        const host = hostOf(algorithm, { topology: complete, model, weights: initial, shards, engine });
        for (let round = 0; round < 6; round++) {
          const before = statistics(host);
          const [known, seen, sent] = [left.length, passes.length, host.sent.length];
          if (synchronous) host.rounds(1);
          else for (const node of all) host.wake(node);
          const news = [...left.slice(known), ...passes.slice(seen)];
          const after = statistics(host);
          const possible = [...before, ...news];
          for (const own of after) {
            own.forEach((value, i) => {
              const values = possible.map((one) => one[i]);
              expect(value).to.be.within(Math.min(...values) - 1e-6, Math.max(...values) + 1e-6);
            });
          }
          for (const node of all) expect(Math.min(...variancesOf(host.weights(node)))).to.be.at.least(0);
          expect(after).not.to.deep.equal(before);
          if (!synchronous) continue;
          const from = (node: number) => [
            ...new Set(host.sent.slice(sent).flatMap((message) => (message.to === node ? message.from : []))),
          ];
          const expected = expectations[choice.kind]?.({ before, left: news, from });
          expected?.forEach((own, node) => {
            own.forEach((value, i) => expect(after[node][i]).to.be.closeTo(value, 1e-6));
          });
        }
      });
    });
  }
}

describe('running statistics by a mixing matrix', () => {
  // On a complete graph all weights are equal.
  const step = (choice: Choice) => {
    const { engine, left, passes } = recordingEngine();
    const host = hostOf(gossiper(choice), {
      ...{ topology: complete, mixing: { kind: 'metropolis-hastings' }, model, shards, engine },
      weights: all.map((node) => initial.map((value) => value * (1 + node))),
    });
    const before = statistics(host);
    host.rounds(1);
    return { before, left, passes, after: statistics(host), host };
  };

  for (const order of ['combine-then-adapt', 'adapt-then-combine']) {
    it(`are Σ W_ij · trained in d-psgd, ${order}`, () => {
      const { left, after } = step({ kind: 'd-psgd', ...training, order });
      const mean = meanOf(left);
      for (const own of after) own.forEach((value, i) => expect(value).to.be.closeTo(mean[i], 1e-5));
    });
  }

  it('are mixed, then follow the batch of the new gradient, in gradient-tracking; its direction has none', () => {
    const { passes, after, host } = step({ kind: 'gradient-tracking', batchSize: 8, learningRate: 0.05 });
    // A pass at the start of all and one after the round's mixing.
    expect(passes).to.have.lengthOf(2 * NODES);
    expect(after).to.deep.equal(passes.slice(NODES));
    for (const { vectors } of host.nodes) {
      expect(statisticsOf(vectors.get('direction') ?? initial).every((value) => value === 0)).to.equal(true);
    }
  });

  it('are not moved by what push-sum makes of a step at another mass', () => {
    const star = topologyOf({ kind: 'star' }, NODES);
    const { engine, left } = recordingEngine();
    const host = hostOf(gossiper({ kind: 'push-sum', ...training }), {
      ...{ topology: star, model, weights: initial, shards, engine },
    });
    host.rounds(3);
    const masses = all.map((node) => numberOf(host.nodes[node], 'mass'));
    expect(Math.min(...masses)).to.be.below(0.9);
    const [known, sent] = [left.length, host.sent.length];
    host.rounds(1);
    for (const { from, vectors } of host.sent.slice(sent)) {
      expect(statisticsOf(vectors.get('weights') ?? initial)).to.deep.equal(left[known + from]);
    }
  });
});
