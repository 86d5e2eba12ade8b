/** A model trained by one client on all examples, and the same in PyTorch. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defaultDataHome, locateDataset } from '../../../data/host/index.js';
import { simulate } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import { BATCH, type Setting } from './settings.js';

const outcome = z.object({ accuracy: z.number(), loss: z.number() });
export const trainedSchema = z.object({ ours: outcome, torch: outcome.extend({ version: z.string() }) });
export type Trained = z.output<typeof trainedSchema>;

export function cellOf(setting: Setting, seed: number): Cell<Trained> {
  const { model, dataset, examples, epochs, rate } = setting;
  return {
    name: `${model}/${dataset}/seed=${seed}`,
    // Without momentum nothing is carried from round to round, so that a round is an epoch.
    recipe: {
      seed,
      data: { dataset: { kind: dataset, limit: examples }, partition: { kind: 'iid', clients: 1 } },
      model,
      algorithm: {
        kind: 'fedavg',
        fraction: 1,
        amount: { epochs: 1 },
        batchSize: BATCH,
        optimizer: { kind: 'sgd', learningRate: rate },
      },
      rounds: epochs,
    },
    recorded: trainedSchema,
    async run(recipe, options) {
      const { events } = await simulate(recipe, options);
      const last = events.filter((event) => event.type === 'evaluation').at(-1);
      if (last === undefined) throw new Error('the run was not evaluated');
      const { accuracy, loss } = last;
      return { ours: { accuracy, loss }, torch: await trainInTorch(setting, seed) };
    },
  };
}

/** The same architecture, initial distribution, optimizer and batch, with draws of its own. */
async function trainInTorch(
  { dataset, examples, ...setting }: Setting,
  seed: number,
): Promise<Trained['torch']> {
  const script = fileURLToPath(
    new URL('../../../../experiments/reproductions/central/central.py', import.meta.url),
  );
  const files = locateDataset(dataset, defaultDataHome()).map(({ path }) => path);
  const options = Object.entries({ ...setting, limit: examples, batch: BATCH, seed });
  const { stdout } = await promisify(execFile)(
    '/usr/bin/python3',
    [script, ...files, ...options.flatMap(([name, value]) => [`--${name}`, String(value)])],
    { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
  );
  return trainedSchema.shape.torch.parse(JSON.parse(stdout));
}
