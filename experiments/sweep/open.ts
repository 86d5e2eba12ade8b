/** Looks into a sweep's directory: what is there is kept, what cannot go together is refused before anything starts. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { changedSince, RecipeError } from '../../recipe/index.js';
import { readDependenciesOf } from '../../records/host/index.js';
import type { RunRecord } from '../../records/index.js';
import { version } from '../../records/host/index.js';
import { finishedRecord } from './run-processes.js';
import type { SweepRun } from './sweep-run.js';
import { isSweepDirectory, readSweepRecord, runDirectory } from './layout.js';
import type { Sweep } from './read.js';

export interface OpenSweep {
  readonly directory: string;
  /** Every recipe once, though several combinations may have it. */
  readonly finished: ReadonlyMap<SweepRun, RunRecord>;
  readonly missing: readonly SweepRun[];
}

export const defaultDirectory = ({ name }: Pick<Sweep, 'name'>) => join('sweeps', name);

/**
 * @param redo leaves the results alone that do not fit any more, whose runs are then missing
 * @throws RecipeError where the directory holds something else, or results of other data, files, plugins or bits
 */
export function openSweep(
  sweep: Sweep,
  runs: readonly SweepRun[],
  directory: string,
  redo = false,
): OpenSweep {
  refuseOther(sweep, directory);
  if (!redo) refuseChanged(runs, directory);
  const finished = new Map<SweepRun, RunRecord>();
  const missing: SweepRun[] = [];
  for (const run of new Map(runs.map((each) => [each.hash, each])).values()) {
    const path = join(directory, runDirectory(run));
    const record = finishedRecord(path);
    if (record) {
      refuseVersion(path, record.versions.murmur);
      finished.set(run, record);
    } else missing.push(run);
  }
  return { directory, finished, missing };
}

/** @throws RecipeError where recipes of the sweep have begun or finished runs that depend on something else than now */
function refuseChanged(runs: readonly SweepRun[], directory: string): void {
  if (!isSweepDirectory(directory)) return;
  const now = new Map(runs.map((run) => [run.hash, run]));
  const changed = readSweepRecord(directory).runs.flatMap(({ hash, directory: before }) => {
    const run = now.get(hash);
    const path = join(directory, before);
    const fits = run === undefined || runDirectory(run) === before || !existsSync(join(path, 'recipe.yaml'));
    return fits ? [] : [{ run, path }];
  });
  if (changed.length === 0) return;
  const [{ run, path }] = changed;
  const before = readDependenciesOf(path);
  const change = before && changedSince(before, run.dependencies);
  throw new RecipeError(
    `${directory} has ${changed.length === 1 ? 'a run that was' : `${changed.length} runs that were`} made with something else than there is now (${path}: ${change ?? 'another version of murmur made it'}). Put the old back, name another --out, or do them again with --redo`,
  );
}

/** What a sweep puts into its directory, also when it was killed at once. */
const OURS = /^(runs|failures|runs\.csv|sweep\.json).*$/;

function refuseOther({ name }: Sweep, directory: string): void {
  if (isSweepDirectory(directory)) {
    const there = readSweepRecord(directory);
    if (there.name !== name) {
      throw new RecipeError(
        `${directory} holds the sweep '${there.name}', and this one is '${name}': name another folder with --out`,
      );
    }
    refuseVersion(directory, there.murmur);
    return;
  }
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory()) {
    throw new RecipeError(`${directory} is a file: name a folder with --out`);
  }
  if (readdirSync(directory).some((entry) => !OURS.test(entry))) {
    throw new RecipeError(`${directory} exists and holds no sweep: name another folder with --out`);
  }
}

/** The same bits are promised within major.minor. */
const series = (of: string) => of.split('.').slice(0, 2).join('.');

function refuseVersion(path: string, made: string): void {
  if (series(made) === series(version())) return;
  throw new RecipeError(
    `${path} was made by murmur ${made}, and this is ${version()}, whose runs may end in other bits: name another folder with --out, or go on with murmur ${made}`,
  );
}
