/** Samples of what insiders.test.ts shows in memory, over real sockets: one run, in which the insider's updates are bad again and again. */
import { expect } from 'chai';
import { joinFederation, WorkerStore } from '../../client/host/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { serve } from '../../server/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { mutationsOf } from '../support/message-mutations.js';
import { tamperingProxy } from '../support/tampering-proxy.js';

/** Mutations of an update, each with what the log says of it. */
const samples: readonly (readonly [field: string, change: string, said: RegExp])[] = [
  ['steps', 'one more', /steps: it says 3 optimizer steps; it was asked for 2/],
  ['steps', 'huge: 9007199254740991', /steps: it says 9007199254740991/],
  ['samples', 'zero', /stands for 0 examples/],
  ['samples', 'huge: 9007199254740991', /stands for 9007199254740991 examples/],
  ['scalars.loss', 'huge: 1e+308', /scalars.loss is 1e\+308/],
  ['scalars.loss', 'renamed', /scalars.loss is missing/],
  ['scalars', 'wrong type: {"x":0}', /scalars.loss is missing/],
  ['scalars.steps', 'one more', /scalars.steps: it is 3; by the recipe it is 2/],
  ['scalars.coefficients', 'huge: -1e+308', /scalars.coefficients is -1e\+308/],
  ['scalars.coefficients', 'negative', /scalars.coefficients: it is -/],
  ['header.unknown', 'added', /header: Unrecognized key/],
  ['header', 'wrong type: 1', /header: /],
  ['vectors.delta', 'renamed', /it must have 'delta'/],
  ['vectors', 'empty', /a tensor 'v0' that is none of its vectors/],
  ['tensors.v0', 'renamed', /lacks its tensor 'v0'/],
  ['tensors.v0', 'there twice', /a tensor 'v0x' that is none of its vectors/],
  ['tensors.v0', 'of 4 numbers', /the update has 'delta' of 4 numbers/],
  ['tensors.v0', 'values: all NaN', /'delta' holds NaN or infinite values/],
  ['tensors.v0', 'values: the first -infinite', /'delta' holds NaN or infinite values/],
  ['tensors.v0', 'values: the last 2^30', /so that no sum overflows/],
  ['scalars.loss', '1e999', /is turned away: .*scalars.loss/],
  ['steps', 'fraction', /is turned away: .*steps/],
  ['tensors.v0', 'without its last byte', /is turned away: .*v0/],
  ['client', 'one less', /is turned away: .*client/],
];

describe('an insider over sockets', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const recipe = parseRecipe(
    JSON.stringify({
      name: 'insider-over-sockets',
      seed: 3,
      data: { dataset: { kind: 'synthetic', clients: 3, dimension: 4 }, partition: 'natural' },
      model: 'logistic',
      algorithm: {
        kind: 'fednova',
        fraction: 1,
        amount: { steps: 2 },
        batchSize: 5,
        optimizer: { learningRate: 0.1, momentum: 0.5 },
      },
      rounds: samples.length / 2,
    }),
  );

  it(`is refused ${samples.length} times by its name, and the honest workers end in the right bits`, async () => {
    const log: string[] = [];
    let coordinator = '';
    let next = 0;
    // Twice a client may be wrong before it is not asked any more.
    const proxy = await tamperingProxy(
      () => coordinator,
      { up: 'toCoordinator', down: 'toWorker' },
      (message, direction) => {
        const sample = samples.at(next);
        if (direction !== 'up' || message.kind !== 'update' || message.attempt > 1 || !sample)
          return undefined;
        const [field, change] = sample;
        for (const mutation of mutationsOf(message)) {
          if (mutation.field !== field || mutation.change !== change) continue;
          next++;
          return mutation.frame;
        }
        return undefined;
      },
    );
    const join = async (client: number) =>
      joinFederation({
        url: client === 0 ? proxy.url : coordinator,
        threads: 1,
        plugins: [],
        store: await WorkerStore.open(folder.path(`worker-${client}`)),
        clients: [[client, client]],
        log: () => undefined,
      });
    /** Somebody starts the insider again where it has been turned away. */
    const insist = async () => {
      for (let start = 0; start < samples.length; start++) {
        try {
          return await join(0);
        } catch {
          continue;
        }
      }
      throw new Error('the insider is turned away again and again');
    };
    const ended: Promise<unknown>[] = [];
    const { record } = await serve(recipe, {
      port: 0,
      host: '127.0.0.1',
      out: folder.path('run'),
      threads: 1,
      settings: { workers: 3 },
      onListening: ({ url }) => {
        coordinator = url;
        ended.push(insist(), join(1), join(2));
      },
      log: (_, sentence, fields) => log.push(`${sentence} ${JSON.stringify(fields ?? {})}`),
    });
    await Promise.all(ended);
    proxy.close();
    expect(next).to.equal(samples.length);
    const { record: simulated } = await simulate(recipe, { threads: 1 });
    expect(record?.weightsSha256).to.equal(simulated.weightsSha256);
    const refused = log.find((line) => line.startsWith('update of worker')) ?? 'nothing was refused';
    const [insider] = /worker w\d/.exec(refused) ?? [refused];
    for (const [field, change, said] of samples) {
      const about = log.filter((line) => said.test(line));
      expect(about, `${field}: ${change}`).not.to.deep.equal([]);
      for (const line of about) expect(line, `${field}: ${change}`).to.include(insider);
    }
  });
});
