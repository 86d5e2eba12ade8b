/** Finds and reads the runs of `murmur report`: run directories, folders of them, a sweep's folder. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../errors/index.js';
import { canonicalJson, type Json } from '../numerics/index.js';
import type { Dependencies } from '../recipe/index.js';
import { readDependenciesOf, readDivergence, readEvents, readRecord } from '../records/host/index.js';
import { RunDirectoryError, type RunEvent } from '../records/index.js';
import { axesOf, leaves, valueLabel, type Axis } from './analysis/axes.js';
import { curveOf } from './analysis/curve.js';
import { progressOf } from './analysis/progress.js';
import { failureFile } from './sweep/failures.js';
import { isSweepDirectory, readSweepRecord, type SweepRecord } from './sweep/layout.js';
import type { AnalysedRun, Settings } from './analysis/run.js';
import { refuseMixed } from './refuse-mixed.js';

export interface LoadedRuns {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly runs: readonly AnalysedRun[];
  /** Directories whose run is not finished, or that hold a run again that was read already. */
  readonly leftOut: readonly { readonly directory: string; readonly why: string }[];
}

/** One run of a report, with the axes that a sweep says, or the recipe to find them from. */
interface Found {
  readonly directory: string;
  readonly settings?: Settings;
  /** Where a sweep says that it failed. */
  readonly failure?: string;
}

/**
 * One sweep keeps the axes that it names. Of anything else the axes are the fields in which the recipes differ.
 * @throws UserError where there is no finished run, a file is not what it should be, or runs of one setting have other data
 */
export function loadRuns(directories: readonly string[]): LoadedRuns {
  const [first] = directories;
  if (directories.length === 1 && isSweepDirectory(first)) {
    const only = readSweepRecord(first);
    const axes = sweepAxes(only);
    const { settled, leftOut } = settle(foundBySweep(only, first));
    return {
      name: only.name,
      axes,
      runs: settled.map(({ read, settings = {} }) => analyse(read, settings)),
      leftOut,
    };
  }
  const { settled, leftOut } = settle(directories.flatMap(findRuns));
  const fields = settled.map(({ read }) => read.fields);
  const axes = axesOf(fields);
  const placed = settled.map(({ read }) => ({
    read,
    settings: Object.fromEntries(
      axes.flatMap(({ name }) => (Object.hasOwn(read.fields, name) ? [[name, read.fields[name]]] : [])),
    ),
  }));
  refuseMixed(
    placed.map(({ read: { directory, dependencies }, settings }) => ({ directory, dependencies, settings })),
    axes,
  );
  const runs = placed.map(({ read, settings }) => analyse(read, settings));
  const name = directories.length === 1 ? basename(resolve(directories[0])) : settled[0].read.name;
  return { name, axes, runs, leftOut };
}

/** Reads the finished ones. */
function settle(found: readonly Found[]) {
  const leftOut: { directory: string; why: string }[] = [];
  const settled: (Found & { read: ReadRun })[] = [];
  const first = new Map<string, string>();
  for (const one of found) {
    const { directory } = one;
    const isThere = existsSync(join(directory, 'run.json'));
    if (!isThere && readDivergence(directory) === undefined) {
      leftOut.push({ directory, why: whyUnfinished(one) });
      continue;
    }
    const read = isThere ? readRun(directory) : readDiverged(directory);
    const same = first.get(read.key);
    // A sweep may have one run under two settings; a folder has it twice by chance.
    if (same !== undefined && one.settings === undefined) {
      leftOut.push({ directory, why: `it is the same run as ${same}` });
      continue;
    }
    first.set(read.key, directory);
    settled.push({ ...one, read });
  }
  if (settled.length === 0) {
    throw new UserError(
      found.length === 0
        ? 'there is no run: name directories that hold run.json, or a folder of them'
        : `none of the ${found.length} runs is finished (no run.json): go on with them by --resume first`,
    );
  }
  return { settled, leftOut };
}

function whyUnfinished({ failure }: Found): string {
  return failure !== undefined && existsSync(failure) ? `it failed, see ${failure}` : 'it is not finished';
}

function findRuns(directory: string): Found[] {
  if (!existsSync(directory)) throw new UserError(`there is no directory ${directory}`);
  if (!statSync(directory).isDirectory())
    throw new UserError(`${directory} is a file: name the run's directory`);
  if (existsSync(join(directory, 'recipe.yaml'))) return [{ directory }];
  if (isSweepDirectory(directory)) {
    return foundBySweep(readSweepRecord(directory), directory).map((run) => ({ directory: run.directory }));
  }
  const inside = readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => existsSync(join(path, 'recipe.yaml')));
  if (inside.length === 0) {
    throw new UserError(`${directory} holds no run: neither recipe.yaml nor folders with one`);
  }
  return inside.map((path) => ({ directory: path }));
}

/** Named series are an axis of their own, the first; fields of included combinations only are the last. */
function sweepAxes({ axes, series = [], runs }: SweepRecord): Axis[] {
  const known = new Set(axes.map(({ name }) => name));
  const settings = runs.map((run) => run.settings);
  const further = axesOf(settings).filter(({ name }) => !known.has(name));
  return [...(series.length > 0 ? [{ name: 'series', values: series }] : []), ...axes, ...further];
}

const foundBySweep = (sweep: SweepRecord, folder: string): Found[] =>
  sweep.runs.map(({ settings, series, directory }) => ({
    directory: join(folder, directory),
    failure: failureFile(folder, basename(directory)),
    settings: { ...settings, ...(series !== undefined && { series }) },
  }));

interface ReadRun extends Pick<AnalysedRun, 'directory' | 'record' | 'seed' | 'diverged'> {
  readonly name: string;
  /** Equal for runs of one recipe with the same data, files, plugins and bits. */
  readonly key: string;
  readonly dependencies: Dependencies | undefined;
  readonly events: readonly RunEvent[];
  readonly fields: Settings;
}

function readRun(directory: string): ReadRun {
  const record = checked(join(directory, 'run.json'), () => readRecord(directory));
  const { name, seed, recipeHash } = record;
  const dependencies = readDependenciesOf(directory);
  const key = keyOf(recipeHash, dependencies);
  return { directory, record, name, seed, key, dependencies, ...eventsAndFields(directory) };
}

/** A run that diverged has events up to there, and no results. */
function readDiverged(directory: string): ReadRun {
  const { events, fields } = eventsAndFields(directory);
  const { seed, name } = fields;
  const dependencies = readDependenciesOf(directory);
  const record = { accuracy: NaN, loss: NaN, rounds: events.at(-1)?.round ?? 0 };
  return {
    directory,
    record,
    name: valueLabel(name),
    seed: Number(seed),
    key: keyOf(canonicalJson(fields), dependencies),
    dependencies,
    events,
    fields,
    diverged: true,
  };
}

const keyOf = (recipe: string, { checksums = {}, bits = [] }: Partial<Dependencies> = {}) =>
  canonicalJson([recipe, checksums, bits]);

function eventsAndFields(directory: string): Pick<ReadRun, 'events' | 'fields'> {
  const events = checked(join(directory, 'metrics.jsonl'), () => readEvents(directory));
  const fields = checked(join(directory, 'recipe.yaml'), () =>
    leaves(parse(readFileSync(join(directory, 'recipe.yaml'), 'utf8')) as Json),
  );
  return { events, fields };
}

function checked<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RunDirectoryError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file} cannot be read (${reason})`, { cause: error });
  }
}

function analyse({ directory, record, seed, diverged, events }: ReadRun, settings: Settings): AnalysedRun {
  const progress = progressOf(events);
  const known = { directory, settings, seed, record, progress, curve: curveOf(progress) };
  return diverged === true ? { ...known, diverged } : known;
}
