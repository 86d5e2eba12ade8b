/** The PyTorch loops of bench/torch, on one thread. Where there is no PyTorch, the bench says so and goes on. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type CatalogueName } from '../data/index.js';
import { defaultDataHome, locateDataset } from '../data/host/index.js';

const run = promisify(execFile);

export const oneThread = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

const measured = z.object({
  torch: z.string(),
  threads: z.literal(1),
  seconds: z.array(z.number()),
  accuracy: z.number(),
});
export type TorchRun = z.output<typeof measured>;

/** The loops in bench/torch, and the options of each besides rounds and seed. */
interface Loops {
  readonly fedavg_loop: { readonly split: 'iid' | 'shards' };
  readonly gossip_loop: { readonly split: 'iid' | 'dirichlet'; readonly init: 'own' | 'same' };
}

export type TorchJob<Loop extends keyof Loops> = Loops[Loop] & {
  readonly dataset: CatalogueName;
  readonly rounds: number;
  readonly seed: number;
};

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

/** Seconds of each round of a standard job, and the accuracy after the last. */
export async function runTorch<Loop extends keyof Loops>(
  python: string,
  loop: Loop,
  { dataset, ...job }: TorchJob<Loop>,
): Promise<TorchRun> {
  const script = fileURLToPath(new URL(`../../bench/torch/${loop}.py`, import.meta.url));
  const files = locateDataset(dataset, defaultDataHome()).map(({ path }) => path);
  const options = Object.entries(job).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await run(
    python,
    [script, ...files.slice(0, 2), ...options, '--test', ...files.slice(2)],
    { env: oneThread },
  );
  return measured.parse(JSON.parse(stdout));
}
