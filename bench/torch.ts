/** The PyTorch loop of bench/torch, on one thread. Where there is no PyTorch, the bench says so and goes on. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { defaultDataHome, locate, type CataloguedName } from '../data/index.js';

const run = promisify(execFile);

const loop = fileURLToPath(new URL('../../bench/torch/fedavg_loop.py', import.meta.url));

const oneThread = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

const measured = z.object({
  torch: z.string(),
  threads: z.literal(1),
  seconds: z.array(z.number()),
  accuracy: z.number(),
});
export type TorchRun = z.output<typeof measured>;

export interface TorchJob {
  readonly dataset: CataloguedName;
  readonly split: 'iid' | 'shards';
  readonly rounds: number;
  readonly seed: number;
}

/** The first Python that has PyTorch: the user's own, or the system's, where Debian's python3-torch is. */
export async function findTorch(): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await run(python, ['-c', 'import torch']);
      return python;
    } catch {
      // This one has no PyTorch, or is not there.
    }
  }
  return undefined;
}

/** Seconds of each round of the standard job F, and the accuracy after the last. */
export async function runTorch(
  python: string,
  { dataset, split, rounds, seed }: TorchJob,
): Promise<TorchRun> {
  const files = locate(dataset, defaultDataHome()).map(({ path }) => path);
  const options = ['--split', split, '--rounds', String(rounds), '--seed', String(seed)];
  const { stdout } = await run(
    python,
    [loop, ...files.slice(0, 2), ...options, '--test', ...files.slice(2)],
    { env: oneThread },
  );
  return measured.parse(JSON.parse(stdout));
}
