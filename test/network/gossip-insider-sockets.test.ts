/**
 * Samples of what gossip-insider.test.ts shows in memory, over real sockets: by the coordinator, and directly between workers.
 * `npm test` tries the first of each.
 */
import { expect } from 'chai';
import { joinFederation, WorkerStore } from '../../client/host/index.js';
import type { MessageKind } from '../../protocol/index.js';
import { parseRecipe, type Recipe } from '../../recipe/index.js';
import { serve } from '../../server/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { mutationsOf } from '../support/message-mutations.js';
import { triesAll } from '../support/sampling.js';
import { tamperingProxy } from '../support/tampering-proxy.js';

const recipe = (fields: object) =>
  parseRecipe(
    JSON.stringify({
      name: 'insider-over-sockets',
      seed: 3,
      data: { dataset: { kind: 'synthetic', clients: 3, dimension: 4 }, partition: 'natural' },
      model: 'logistic',
      init: 'own',
      topology: 'complete',
      evaluate: { every: 2, nodes: 3, examples: 10 },
      rounds: 2,
      ...fields,
    }),
  );
const tracking = recipe({ algorithm: { kind: 'gradient-tracking', batchSize: 10, learningRate: 0.1 } });
const optimizer = { learningRate: 0.1 };
const noloco = recipe({
  algorithm: { kind: 'noloco', batchSize: 10, amount: { steps: 2 }, optimizer, groupSize: 3, gamma: 0.7 },
  network: { gossip: 'direct' },
});

interface Sample {
  readonly kind: MessageKind;
  readonly field: string;
  readonly change: string;
}

/** To the coordinator. */
const relayed: readonly Sample[] = [
  { kind: 'gossip', field: 'tensors.v0', change: 'of 4 numbers' },
  { kind: 'gossip', field: 'messages.0.vectors.weights', change: 'renamed' },
  { kind: 'gossip', field: 'tensors.v1', change: 'values: the last NaN' },
  { kind: 'summary', field: 'digests', change: 'empty' },
  { kind: 'report', field: 'localSteps', change: 'huge: 9007199254740991' },
];
/** To another worker. */
const direct: readonly Sample[] = [
  { kind: 'gossip', field: 'tensors.v0', change: 'of 4 numbers' },
  { kind: 'gossip', field: 'tensors.v0', change: 'values: the first the largest' },
  { kind: 'gossip', field: 'messages.0.header.slow', change: 'renamed' },
  { kind: 'gossip', field: 'number', change: 'huge: 4294967296' },
  { kind: 'acknowledge', field: 'upTo', change: 'huge: 4294967296' },
];

describe('an insider of a gossip run, over sockets', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let runs = 0;

  /** Two honest workers, and one whose message is changed; when it is turned away, an honest one takes its nodes. */
  async function run(what: Recipe, isDirect: boolean, { kind, field, change }: Sample) {
    const log: string[] = [];
    let isDone = false;
    let coordinator = '';
    let listening = '';
    const proxy = await tamperingProxy(
      () => (isDirect ? listening : coordinator),
      isDirect ? { up: 'toPeer', down: 'toPeer' } : { up: 'toCoordinator', down: 'toWorker' },
      (message, direction) => {
        // Who dials the insider hears it by what comes back.
        if (isDone || direction !== (isDirect ? 'down' : 'up') || message.kind !== kind) return undefined;
        for (const mutation of mutationsOf(message)) {
          if (mutation.field !== field || mutation.change !== change) continue;
          isDone = true;
          return mutation.frame;
        }
        return undefined;
      },
    );
    const out = folder.path(`run-${++runs}`);
    const join = async (node: number, name: string, isInsider = false) => {
      const listen = { host: '127.0.0.1', port: 0 };
      return joinFederation({
        url: isInsider && !isDirect ? proxy.url : coordinator,
        threads: 1,
        plugins: [],
        store: await WorkerStore.open(`${out}-${name}`),
        clients: [[node, node]],
        log: (_, sentence) => log.push(sentence),
        ...(isDirect && {
          listen: isInsider
            ? { ...listen, port: Number(listening.split(':').at(-1)), advertise: proxy.url }
            : listen,
        }),
      });
    };
    const { freePort } = await import('../support/network.js');
    listening = `ws://127.0.0.1:${await freePort()}`;
    const ended: Promise<unknown>[] = [];
    let here = 0;
    const { record } = await serve(what, {
      port: 0,
      host: '127.0.0.1',
      out,
      threads: 1,
      settings: { workers: 3 },
      onListening: ({ url }) => {
        coordinator = url;
        ended.push(join(0, 'first'));
      },
      log: (_, sentence) => {
        log.push(sentence);
        if (!/^worker w\d is here/.test(sentence)) return;
        here++;
        if (here === 1) ended.push(join(1, 'second'));
        if (here === 2) ended.push(join(2, 'insider', true).catch(() => join(2, 'replacement')));
      },
    });
    await Promise.all(ended);
    proxy.close();
    expect(isDone, 'the message was changed').to.equal(true);
    return { record, log: log.join('\n') };
  }

  for (const [way, what, samples] of [
    ['by the coordinator', tracking, relayed],
    ['directly', noloco, direct],
  ] as const) {
    for (const sample of triesAll ? samples : samples.slice(0, 1)) {
      const { kind, field, change } = sample;
      it(`${way}: ${kind}, ${field}, ${change}: is named, and the run ends in the right bits`, async () => {
        const { record: simulated } = await simulate(what, { threads: 1 });
        const { record, log } = await run(what, way === 'directly', sample);
        expect(record?.weightsSha256).to.equal(simulated.weightsSha256);
        expect(log).to.match(
          way === 'directly' ? /worker w3 sent what is not right/ : /turned away.*\n(.*\n)*.*had worker w3/,
        );
      });
    }
  }

  it('a float16 overflow ends the run with its sentence', async () => {
    const overflowing = recipe({
      algorithm: { kind: 'd-psgd', batchSize: 10, optimizer: { learningRate: 1e6 }, amount: { steps: 3 } },
      network: { codec: 'float16' },
    });
    const out = folder.path('float16');
    const joined: Promise<unknown>[] = [];
    let failure: unknown;
    await serve(overflowing, {
      port: 0,
      host: '127.0.0.1',
      out,
      threads: 1,
      settings: { workers: 3 },
      onListening: ({ url }) => {
        for (const node of [0, 1, 2]) {
          const clients = [[node, node]] as const;
          const joining = WorkerStore.open(`${out}-${node}`).then((store) =>
            joinFederation({ url, threads: 1, plugins: [], store, clients, log: () => undefined }),
          );
          joining.catch(() => undefined);
          joined.push(joining);
        }
      },
    }).catch((error: unknown) => {
      failure = error;
    });
    await Promise.allSettled(joined);
    expect(failure).to.be.an.instanceOf(Error);
    expect(String(failure)).to.match(/round \d+, node \d: .*float16/);
  });
});
