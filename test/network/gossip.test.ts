/** Gossip over real sockets ends in the simulator's bits and tells the same of every round, whoever has which nodes. */
import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { runTogether } from '../support/in-process.js';

const NODES = 6;
const base = {
  name: 'gossip-over-sockets',
  seed: 5,
  data: { dataset: { kind: 'synthetic', clients: NODES, dimension: 20 }, partition: 'natural' },
  model: { kind: 'mlp', hidden: [8] },
  init: { kind: 'own' },
  topology: 'ring',
  evaluate: { every: 2, nodes: 3, examples: 50 },
  rounds: 5,
};
const optimizer = { learningRate: 0.1 };
const gossip = { kind: 'gossip', batchSize: 10, optimizer, merge: 'variance-corrected', share: 0.5 };
const inner = { batchSize: 10, optimizer, amount: { steps: 3 } };

const recipes: Record<string, object> = {
  'gossip with all neighbours': { algorithm: { ...gossip, fanout: 'all', order: 'update-merge' } },
  'push to one over lossy links, with nodes away, of parts as 8-bit integers': {
    algorithm: { ...gossip, merge: 'mean', message: { kind: 'partitioned', parts: 3 } },
    network: { loss: 0.2, latency: 0.3, codec: 'int8' },
    clients: { availability: 0.8 },
    topology: 'complete',
  },
  'gradient tracking': { algorithm: { kind: 'gradient-tracking', batchSize: 10, learningRate: 0.1 } },
  'd-psgd, whose rounds end with training': { algorithm: { kind: 'd-psgd', ...inner } },
  'gossip evaluated after training': {
    algorithm: { ...gossip, fanout: 'all', order: 'update-merge' },
    evaluate: { ...base.evaluate, after: 'training' },
  },
  noloco: { algorithm: { kind: 'noloco', ...inner, communication: 'overlapped' }, topology: 'complete' },
  'until a target is reached, tested on the nodes too': {
    algorithm: { ...gossip, fanout: 'all' },
    rounds: 40,
    evaluate: { every: 2, nodes: 3, examples: 50, on: ['test', 'clients'] },
    stop: { accuracy: 0.3 },
  },
};

/** What was told, without how it went between workers. */
const told = (events: readonly RunEvent[]) =>
  events.map((event) => {
    if (event.type !== 'round') return event;
    const { bytesRelayed, bytesDirect, ...rest } = event;
    return rest;
  });

const sum = (events: readonly RunEvent[], way: 'bytesRelayed' | 'bytesDirect') =>
  events.reduce((bytes, event) => bytes + (event.type === 'round' ? (event[way] ?? 0) : 0), 0);

describe('gossip over the network', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  for (const [index, [name, fields]] of Object.entries(recipes).entries()) {
    const workers = 1 + ((index + 1) % 3);
    it(`${name}, by ${workers} workers: the simulator's bits and metrics`, async () => {
      const recipe = parseRecipe(JSON.stringify({ ...base, ...fields }));
      const simulated = await simulate(recipe, { threads: 1 });
      const out = folder.path(name.replaceAll(/\W/g, '-'));
      const { record, events } = await runTogether(recipe, { workers, out, state: `${out}-worker` });
      expect(record?.weightsSha256).to.equal(simulated.record.weightsSha256);
      expect(record?.ended).to.equal(simulated.record.ended);
      expect(told(events)).to.deep.equal(told(simulated.events));
      expect(sum(events, 'bytesRelayed') > 0).to.equal(workers > 1);
      expect(sum(events, 'bytesDirect')).to.equal(0);
    });
  }

  const direct = (way?: 'direct' | 'relayed') =>
    parseRecipe(JSON.stringify({ ...base, ...recipes['noloco'], network: way && { gossip: way } }));
  const listen = { host: '127.0.0.1', port: 0 };

  it('directly between workers that listen, and by the coordinator where the recipe wants that', async () => {
    const simulated = await simulate(direct(), { threads: 1 });
    for (const way of ['direct', 'relayed'] as const) {
      const out = folder.path(way);
      const { record, events } = await runTogether(direct(way), {
        workers: 2,
        out,
        state: `${out}-worker`,
        join: { listen },
      });
      expect(record?.weightsSha256).to.equal(simulated.record.weightsSha256);
      expect(told(events)).to.deep.equal(told(simulated.events));
      const [other, same] =
        way === 'direct'
          ? (['bytesRelayed', 'bytesDirect'] as const)
          : (['bytesDirect', 'bytesRelayed'] as const);
      expect(sum(events, same)).to.be.above(0);
      expect(sum(events, other)).to.equal(0);
    }
  });

  it('over a topology out of a file that the coordinator alone has', async () => {
    const path = folder.write('ring.txt', '0 1\n1 2\n2 3\n3 4\n4 5\n5 0\n0 3\n');
    const topology = { kind: 'file', path };
    const recipe = parseRecipe(
      JSON.stringify({ ...base, algorithm: { ...gossip, fanout: 'all' }, topology }),
    );
    const simulated = await simulate(recipe, { threads: 2 });
    const out = folder.path('filed');
    const { record } = await runTogether(recipe, {
      workers: 2,
      out,
      state: `${out}-worker`,
      serve: {
        onStart: () => {
          rmSync(path);
        },
      },
    });
    expect(record?.weightsSha256).to.equal(simulated.record.weightsSha256);
  });
});
