/**
 * A sweep's directory: `sweep.json`, which says what its runs are, and `runs/ID/` for each of them, named by the
 * key of its result: of its recipe, data, files, plugins and bits. So a sweep that was extended or moved finds what it has.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RecipeError } from '../../recipe/index.js';
import { writeAtomically } from '../../records/host/index.js';
import { version } from '../../records/host/index.js';
import { SERIES, type Label } from './axes.js';
import type { SweepRun } from './sweep-run.js';
import type { Sweep } from './read.js';

const label = z.union([z.string(), z.number(), z.boolean()]);

const recordSchema = z.object({
  name: z.string(),
  /** The version of murmur that began the sweep. */
  murmur: z.string(),
  axes: z.array(z.object({ name: z.string(), values: z.array(label) })),
  /** The names of the series, where there are any. */
  series: z.array(z.string()).optional(),
  runs: z.array(
    z.object({
      hash: z.string(),
      /** Value by axis. A combination of `include` need not have all axes, and may have other fields. */
      settings: z.record(z.string(), label),
      series: z.string().optional(),
      seed: z.number(),
      /** From the sweep's directory; there is none before the run has begun. */
      directory: z.string(),
    }),
  ),
});

/** `sweep.json`. */
export type SweepRecord = z.output<typeof recordSchema>;

export const runDirectory = ({ id }: Pick<SweepRun, 'id'>) => `runs/${id}`;

const recordFile = (directory: string) => join(directory, 'sweep.json');

export const isSweepDirectory = (directory: string) => existsSync(recordFile(directory));

/** Writes sweep.json whole or not at all; makes the directory. */
export function writeSweepRecord(directory: string, sweep: Sweep, runs: readonly SweepRun[]): void {
  mkdirSync(join(directory, 'runs'), { recursive: true });
  writeAtomically(recordFile(directory), `${JSON.stringify(recordOf(sweep, runs), undefined, 2)}\n`);
}

/** @throws RecipeError where there is none, or one of another version */
export function readSweepRecord(directory: string): SweepRecord {
  const file = recordFile(directory);
  if (!existsSync(file)) throw new RecipeError(`${directory} holds no sweep (no sweep.json)`);
  const parsed = recordSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new RecipeError(`${file} is not as this version of murmur writes it; name another folder with --out`);
}

function recordOf({ name, axes }: Sweep, runs: readonly SweepRun[]): SweepRecord {
  const series = axes.find((axis) => axis.name === SERIES);
  return {
    name,
    murmur: version(),
    axes: axes
      .filter((axis) => axis !== series)
      .map((axis) => ({
        name: axis.name,
        values: withIncluded(
          axis.name,
          axis.values.map((value) => value.label),
          runs,
        ),
      })),
    ...(series && { series: series.values.map((value) => String(value.label)) }),
    runs: runs.map((run) => ({
      hash: run.hash,
      settings: run.settings,
      ...(run.series !== undefined && { series: run.series }),
      seed: run.seed,
      directory: runDirectory(run),
    })),
  };
}

/** The values of an axis, and after them those that only included combinations have. */
function withIncluded(name: string, values: readonly Label[], runs: readonly SweepRun[]): Label[] {
  const met = runs.flatMap(({ settings }) => (name in settings ? [settings[name]] : []));
  return [...new Set([...values, ...met])];
}
