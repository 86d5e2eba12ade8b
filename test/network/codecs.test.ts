/** Every codec on every kind of run: the simulator's bits, whatever the number of workers, and again by the trace. */
import { expect } from 'chai';
import { codecs } from '../../protocol/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { faultRun, faultScenario } from '../faults/fault-run.js';
import { temporaryFolder } from '../support/folder.js';
import { runTogether } from '../support/in-process.js';

const base = {
  name: 'codecs',
  seed: 11,
  data: { dataset: { kind: 'synthetic', clients: 6, dimension: 9 }, partition: 'natural' },
  model: { kind: 'mlp', hidden: [3] },
  checkpoint: { seconds: 3 },
  evaluate: { every: 3 },
  rounds: 5,
};
/** Steps so small that what int8 sends of differences and biases is of the size of the smallest half precision numbers. */
const optimizer = { learningRate: 1e-4 };
const local = { amount: { epochs: 1 }, batchSize: 10, optimizer };

const families = {
  'federated, in rounds': { algorithm: { kind: 'fedavg', fraction: 0.5, ...local } },
  'federated, buffered': {
    algorithm: { kind: 'fedbuff', ...local },
    schedule: { kind: 'buffered', concurrency: 4, size: 3 },
  },
  'gossip, in rounds': {
    algorithm: { kind: 'noloco', amount: { steps: 2 }, batchSize: 10, optimizer },
    topology: 'complete',
  },
  'gossip of parts, in rounds': {
    algorithm: {
      kind: 'gossip',
      batchSize: 10,
      optimizer,
      message: { kind: 'partitioned', parts: 3 },
    },
    topology: 'ring',
  },
  'gossip, asynchronous': {
    algorithm: { kind: 'gossip', batchSize: 10, optimizer: { learningRate: 5e-5 } },
    topology: 'ring',
    schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
  },
} as const;

/** Every codec, and where it has error feedback, with and without. */
const options: Readonly<Record<string, readonly object[]>> = {
  float32: [{}],
  float16: [{}],
  int8: [
    { blockSize: 4, errorFeedback: false },
    { blockSize: 4, errorFeedback: true },
  ],
  'top-k': [
    { fraction: 0.2, errorFeedback: false },
    { fraction: 0.2, errorFeedback: true },
  ],
};

/** Codecs of differences do not carry models, and buffered schedules take back nothing that clients keep. */
const isPossible = (family: string, kind: string, { errorFeedback = false }: { errorFeedback?: boolean }) =>
  !(family.startsWith('gossip') && kind === 'top-k') && !(family.endsWith('buffered') && errorFeedback);

const WORKERS = [1, 2, 4];

describe('every codec, over the network of the fault simulator', function () {
  this.timeout(120_000);

  it('is listed here', () => {
    expect(Object.keys(options)).to.have.members(codecs.entries.map(({ kind }) => kind));
  });

  for (const [family, fields] of Object.entries(families)) {
    for (const [kind, choices] of Object.entries(options)) {
      for (const choice of choices.filter((each) => isPossible(family, kind, each))) {
        it(`${kind} ${JSON.stringify(choice)}, ${family}: 1, 2 and 4 workers and their replays end in the same bits`, async () => {
          const recipe = parseRecipe(
            JSON.stringify({ ...base, ...fields, network: { codec: { kind, ...choice } } }),
          );
          const told = await faultScenario(recipe);
          for (const workers of WORKERS) {
            const violation = await faultRun(told, workers, { workers, checksReplay: true });
            expect(violation, `${workers} workers`).to.equal(undefined);
          }
        });
      }
    }
  }
});

describe('int8 over sockets', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  const places = {
    2: [
      [0, 3],
      [4, 5],
    ],
    4: [
      [0, 0],
      [1, 2],
      [3, 3],
      [4, 5],
    ],
  } as const;
  for (const [family, workers] of [
    ['federated, in rounds', 2],
    ['gossip, in rounds', 4],
    ['gossip, asynchronous', 2],
  ] as const) {
    it(`${family}, by ${workers} workers: the simulator's bits`, async () => {
      const recipe = parseRecipe(
        JSON.stringify({ ...base, ...families[family], network: { codec: { kind: 'int8', blockSize: 4 } } }),
      );
      const out = folder.path(`${family}-${workers}`.replaceAll(/\W/g, '-'));
      const state = `${out}-worker`;
      const { record } = await runTogether(recipe, { workers: places[workers], out, state });
      const isAsynchronous = recipe.schedule.kind === 'asynchronous';
      const simulated = await simulate(recipe, { threads: 1, ...(isAsynchronous && { replay: out }) });
      expect(record?.weightsSha256).to.equal(simulated.record.weightsSha256);
    });
  }
});
