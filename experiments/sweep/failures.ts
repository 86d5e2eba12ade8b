/** `failures/ID.yaml`: the recipe of a run that failed, with what happened as a comment; running it shows it again. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeRecipe } from '../../recipe/index.js';
import { readDivergence, writeAtomically } from '../../records/host/index.js';
import type { Failure } from './events.js';
import type { SweepRun } from './sweep-run.js';
import { runDirectory } from './layout.js';

export const failureFile = (directory: string, id: string) => join(directory, 'failures', `${id}.yaml`);

/** Whether a run's training has diverged: the same recipe does so again, in the same round. */
export const hasDiverged = (directory: string, run: SweepRun): boolean =>
  readDivergence(join(directory, runDirectory(run))) !== undefined;

export function recordFailure(directory: string, run: SweepRun, message: string): Failure {
  const file = failureFile(directory, run.id);
  mkdirSync(join(directory, 'failures'), { recursive: true });
  const comment = [describeRun(run), ...message.split('\n')].map((line) => `# ${line}\n`).join('');
  writeAtomically(file, comment + writeRecipe(run.recipe));
  return { run, message, file, diverged: hasDiverged(directory, run) };
}

export function forgetFailure(directory: string, run: SweepRun): void {
  rmSync(failureFile(directory, run.id), { force: true });
}

/** "fedavg, data.partition.alpha 0.1, seed 3" */
export const describeRun = ({ series, settings, seed }: Pick<SweepRun, 'series' | 'settings' | 'seed'>) =>
  [
    ...(series === undefined ? [] : [series]),
    ...Object.entries(settings).map(([name, label]) => `${name} ${label}`),
    `seed ${seed}`,
  ].join(', ');
