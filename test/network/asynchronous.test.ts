/** Nodes that wait for nobody, in real workers: the simulator, told by the trace what happened, ends in their bits. */
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { readEvents } from '../../records/host/index.js';
import { traceOf, type RunEvent } from '../../records/index.js';
import { serve } from '../../server/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { runTogether } from '../support/in-process.js';

const NODES = 6;
const base = {
  name: 'asynchronous',
  seed: 5,
  data: { dataset: { kind: 'synthetic', clients: NODES, dimension: 20 }, partition: 'natural' },
  model: { kind: 'mlp', hidden: [8] },
  init: { kind: 'own' },
  topology: { kind: 'regular', degree: 4 },
  schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
  evaluate: { every: 3, nodes: 3, examples: 50 },
  rounds: 8,
};
const optimizer = { learningRate: 0.1, momentum: 0.9 };
const buffered = { kind: 'buffered-gossip', batchSize: 10, optimizer };
const gossip = { kind: 'gossip', batchSize: 10, optimizer, merge: 'variance-corrected', share: 0.5 };

const recipes: Record<string, object> = {
  'by real time, over slow and lossy links, of parts as 8-bit integers, with nodes away': {
    algorithm: { ...gossip, merge: 'mean', message: { kind: 'partitioned', parts: 3 } },
    network: { loss: 0.2, latency: 3, codec: 'int8', tick: 0.002 },
    clients: { availability: 0.8 },
  },
  'until a target is reached': {
    algorithm: { ...gossip, fanout: 'all' },
    rounds: 60,
    stop: { accuracy: 0.3 },
  },
};

/** What the simulator tells of what happened, too. */
const told = (events: readonly RunEvent[]) =>
  events
    .filter(({ type }) => type !== 'return')
    .map((event) => {
      if (event.type !== 'round') return event;
      const { bytesRelayed, bytesDirect, trace, ...rest } = event;
      return rest;
    });

describe('asynchronous gossip over the network', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  for (const [name, fields] of Object.entries(recipes)) {
    it(`${name}: the simulator ends in the same bits and metrics by its trace`, async () => {
      const recipe = parseRecipe(JSON.stringify({ ...base, ...fields }));
      const out = folder.path(name.replaceAll(/\W/g, '-'));
      const { record } = await runTogether(recipe, { workers: 2, out, state: `${out}-worker` });
      // Once it is interrupted, and goes on.
      const again = { threads: 1, replay: out, out: `${out}-again` };
      const interrupted = await simulate(recipe, { ...again, signal: AbortSignal.abort() }).catch(String);
      expect(interrupted).to.contain('stopped after round 1');
      const replayed = await simulate(recipe, { ...again, resume: true });
      expect(replayed.record.weightsSha256).to.equal(record?.weightsSha256);
      expect(told(readEvents(again.out))).to.deep.equal(told(readEvents(out)));
      // Somebody heard of somebody at the other worker.
      const heard = [...traceOf(readEvents(out)).values()].flatMap(({ trace = [] }) =>
        trace.flatMap(({ node, happened }) =>
          happened.filter((it) => typeof it !== 'string' && it[0] < NODES / 2 !== node < NODES / 2),
        ),
      );
      expect(heard.length).to.be.above(0);
    });
  }

  it('is not replayed by a run that has no trace of it', async () => {
    const recipe = parseRecipe(JSON.stringify({ ...base, algorithm: buffered, rounds: 1 }));
    const replay = folder.path('simulated');
    await simulate(recipe, { threads: 1, out: replay });
    const refusal = await simulate(recipe, { threads: 1, replay }).catch(String);
    expect(refusal).to.contain('does not say what happened at its nodes');
  });

  it('is refused where every message is needed exactly once, before anything is written', async () => {
    const refusal = async (algorithm: object) => {
      const out = folder.path('refused');
      const serving = async () => {
        const recipe = parseRecipe(JSON.stringify({ ...base, algorithm }));
        await serve(recipe, { port: 0, host: '127.0.0.1', out, threads: 1 });
      };
      const error = await serving().then(() => 'served', String);
      expect(existsSync(out)).to.equal(false);
      return error;
    };
    expect(await refusal({ kind: 'push-sum', batchSize: 10 })).to.contain('every message exactly once');
    expect(await refusal({ kind: 'gradient-tracking', batchSize: 10 })).to.contain(
      "gradient-tracking does not run under schedule 'asynchronous'",
    );
  });
});
