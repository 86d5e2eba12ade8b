/** Tiny sweeps, what they ended in, and how to kill them at random moments. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { readSweepRecord, sweepTable } from '../../experiments/sweep/index.js';
import type { Running } from './murmur.js';
import { outcome, type Outcome } from './outcome.js';
import { smallRecipe, trained } from './small-recipe.js';

/** YAML: four runs of some rounds, each of which writes a checkpoint after every round. */
export const smallSweep = (fields: Readonly<Record<string, unknown>> = {}) =>
  stringify({
    name: 'small-sweep',
    base: parse(
      smallRecipe({
        algorithm: trained({ kind: 'scaffold', amount: { epochs: 2 } }),
        rounds: 12,
        checkpoint: { seconds: 0 },
      }),
    ) as unknown,
    matrix: { 'data.partition.kind': ['shards', 'iid'] },
    seeds: [1, 2],
    ...fields,
  });

export interface SweepOutcome {
  readonly table: readonly string[];
  readonly runs: Readonly<Record<string, Outcome>>;
}

/** The table but for the wall time, which is its last column, and what each run's directory holds. */
export function sweepOutcome(directory: string): SweepOutcome {
  const { runs } = readSweepRecord(directory);
  const table = sweepTable(directory)
    .trim()
    .split('\n')
    .map((row) => row.replace(/,[^,]*$/, ''));
  return {
    table,
    runs: Object.fromEntries(runs.map((run) => [run.hash, outcome(join(directory, run.directory))])),
  };
}

/** Kills a process with SIGKILL within so many milliseconds. @returns whether it had not ended by itself before */
export async function killWithin({ child, finished }: Running, milliseconds: number): Promise<boolean> {
  await Promise.race([setTimeout(randomInt(Math.ceil(milliseconds))), finished]);
  child.kill('SIGKILL');
  return (await finished).signal === 'SIGKILL';
}

/** The first round of a run, from `least` on, that the command tells of; NaN where it ends before. */
export async function firstRoundFrom(least: number, { child, finished }: Running): Promise<number> {
  const told = new Promise<number>((resolve) => {
    let said = '';
    child.stdout?.on('data', (part: Buffer) => {
      said += part.toString();
      const rounds = [...said.matchAll(/"round":(\d+),/g)].map(([, round]) => Number(round));
      const found = rounds.find((round) => round >= least);
      if (found !== undefined) resolve(found);
    });
  });
  return Promise.race([told, finished.then(() => NaN)]);
}
