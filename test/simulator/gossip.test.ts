import { expect } from 'chai';
// From the bundle, whose threads start four times faster than those of dist/.
import { InterruptedError, parseRecipe, simulate } from 'murmuration-fl';
import type { RunEvent } from '../../records/index.js';
import { temporaryFolder } from '../support/folder.js';

const base = {
  name: 'small-gossip',
  seed: 7,
  data: { dataset: { kind: 'mnist', limit: 1200 }, partition: { kind: 'iid', clients: 12 } },
  model: { kind: 'mlp', hidden: [16] },
  init: { kind: 'own' },
  topology: { kind: 'regular', degree: 4 },
  evaluate: { nodes: 4, examples: 200 },
  checkpoint: { seconds: 0 },
  rounds: 4,
};
const optimizer = { learningRate: 0.1 };
const gossip = { kind: 'gossip', batchSize: 20, optimizer, merge: 'variance-corrected', share: 0.5 };
const asynchronous = {
  kind: 'asynchronous',
  period: { kind: 'uniform', low: 0.8, high: 1.2 },
  compute: { kind: 'log-normal', mu: -2, sigma: 0.5 },
};
const slow = { latency: { kind: 'log-normal', mu: -1, sigma: 1 }, bandwidth: 1e6, loss: 0.2 };

const settings: Record<string, object> = {
  'synchronous push': { algorithm: gossip },
  'synchronous update-merge with everybody': {
    algorithm: { ...gossip, fanout: 'all', order: 'update-merge' },
  },
  'synchronous over slow and lossy links, with nodes away': {
    algorithm: { ...gossip, fanout: 'all', order: 'update-merge' },
    network: slow,
    clients: { availability: 0.8 },
  },
  'synchronous push of 8-bit models': {
    algorithm: gossip,
    network: { codec: 'int8' },
  },
  'asynchronous push': { algorithm: gossip, schedule: asynchronous },
  'asynchronous over slow and lossy links, with nodes away': {
    algorithm: { ...gossip, protocol: 'push-pull' },
    schedule: asynchronous,
    network: slow,
    clients: { availability: 0.8 },
  },
  'the buffer protocol with momentum': {
    algorithm: { kind: 'buffered-gossip', batchSize: 20 },
    schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 }, phase: 'same' },
  },
  'd-psgd': { algorithm: { kind: 'd-psgd', batchSize: 20, optimizer } },
  'gradient tracking': { algorithm: { kind: 'gradient-tracking', batchSize: 20, learningRate: 0.1 } },
  'push-sum on a one-peer exponential graph': {
    algorithm: { kind: 'push-sum', batchSize: 20, optimizer },
    topology: 'one-peer-exponential',
  },
  'epidemic learning': { algorithm: { kind: 'epidemic', batchSize: 20, optimizer } },
};

const recipe = (fields: object) => parseRecipe(JSON.stringify({ ...base, ...fields }));

/** What a promise was rejected with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const population = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'population');

describe('gossip in the simulator', () => {
  const folder = temporaryFolder();

  for (const [name, fields] of Object.entries(settings)) {
    it(`${name}: the same bits and metrics on one and more threads, and stopped and resumed`, async () => {
      const whole = await simulate(recipe(fields), { threads: 1 });
      const threaded = await simulate(recipe(fields), { threads: 3 });
      expect(threaded.record.weightsSha256).to.equal(whole.record.weightsSha256);
      expect(threaded.events).to.deep.equal(whole.events);
      const options = { threads: 1, out: folder.path(name) };
      const stopped = await rejection(simulate(recipe(fields), { ...options, signal: AbortSignal.abort() }));
      expect(stopped).to.be.instanceOf(InterruptedError);
      const resumed = await simulate(recipe(fields), { ...options, resume: true });
      expect(resumed.record.weightsSha256).to.equal(whole.record.weightsSha256);
      expect(resumed.events).to.deep.equal(whole.events);
    });
  }

  it('learns: the mean node beats its first round by far, and models come together', async () => {
    const { events } = await simulate(
      recipe({ algorithm: { ...gossip, fanout: 'all', order: 'update-merge', batchSize: 10 }, rounds: 12 }),
      { threads: 2 },
    );
    const all = population(events);
    const [first, last] = [all[0], all[all.length - 1]];
    expect(last.nodes?.mean).to.be.above(0.75);
    expect(last.nodes?.tested).to.equal(12);
    expect(last.relativeConsensusDistance).to.be.below(first.relativeConsensusDistance / 3);
  });

  it('keeps the variance of the weights with the correction, and loses it without, without any training', async () => {
    const still = { learningRate: 1e-30 };
    const ratio = async (merge: string) => {
      const { events } = await simulate(
        recipe({ algorithm: { ...gossip, optimizer: still, fanout: 'all', order: 'update-merge', merge } }),
        { threads: 1 },
      );
      return population(events).map(({ varianceRatio }) => varianceRatio['dense1/kernel']);
    };
    for (const kept of await ratio('variance-corrected')) expect(kept).to.be.closeTo(1, 0.02);
    // β = 0.5 and N = 4 neighbours leave s²(β² + (1 − β)²/N) = 0.3125 s² of independent models' variance.
    const [once, ...later] = await ratio('mean');
    expect(once).to.be.closeTo(0.3125, 0.01);
    expect(later[later.length - 1]).to.be.below(0.15);
  });

  it('counts bytes: every message is one model of float32', async () => {
    const { events, record } = await simulate(
      recipe({ algorithm: { ...gossip, fanout: 'all', order: 'update-merge' } }),
      { threads: 1 },
    );
    expect(population(events).map(({ bytesSent }) => bytesSent)).to.deep.equal(
      [1, 2, 3, 4].map((round) => round * 12 * 4 * 4 * record.parameters),
    );
  });

  it('says what is wrong before anything trains', async () => {
    const refusal = async (fields: object) =>
      String(await rejection((async () => simulate(recipe(fields), { threads: 1 }))()));
    expect(await refusal({ algorithm: gossip, topology: undefined })).to.contain('needs a topology');
    expect(await refusal({ algorithm: gossip, topology: { kind: 'regular', degree: 12 } })).to.match(
      /degree|12/,
    );
    expect(
      await refusal({ algorithm: gossip, topology: { kind: 'caveman', cliques: 3, connected: false } }),
    ).not.to.equal('none');
    expect(await refusal({ algorithm: { kind: 'buffered-gossip', batchSize: 20 } })).to.contain(
      "does not run under schedule 'synchronous'",
    );
    expect(
      await refusal({
        algorithm: { ...gossip, batchSize: 'all' },
        data: { ...base.data, partition: { kind: 'iid', clients: 1200 } },
        model: { kind: 'mlp', hidden: [20_000, 5000] },
      }),
    ).to.contain('does not fit into memory');
  });

  it('stops where training diverges, and says in which round', async () => {
    const wild = recipe({ algorithm: { ...gossip, optimizer: { learningRate: 1e20 } } });
    expect(String(await rejection(simulate(wild, { threads: 1 })))).to.match(/diverged in round \d/);
  });
});
