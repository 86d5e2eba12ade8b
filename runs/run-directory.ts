/**
 * A run's directory: recipe.yaml, dependencies.json, metrics.jsonl, checkpoints/, and when it is finished
 * model.safetensors, run.json and report.html.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isDeepStrictEqual } from 'node:util';
import { encodeSafetensors, type Weights } from '../learning/index.js';
import {
  changedSince,
  decisiveFields,
  readRecipe,
  recipeHash,
  writeRecipe,
  type Dependencies,
  type Recipe,
} from '../recipe/index.js';
import { removeDurably, UNFINISHED, writeAtomically } from './atomic-file.js';
import type { Divergence, RunEvent, RunRecord } from './events.js';

/** A run's directory cannot be used as asked; the message says what to do. */
export class RunDirectoryError extends Error {
  override name = 'RunDirectoryError';
}

interface Checkpoint {
  /** Where metrics.jsonl ended when the checkpoint was made. */
  readonly metricsBytes: number;
  readonly content: unknown;
}

/** What the run depends on besides its recipe, as it was when the run began. */
const DEPENDENCIES = 'dependencies.json';

const DIVERGED = 'diverged.json';

export class RunDirectory {
  #metrics: number | undefined;
  #metricsBytes = 0;

  /** The folder that was made for a run of which nothing has happened yet. */
  #fresh: Chosen | undefined;

  private constructor(readonly path: string) {}

  /** A fresh directory: `path`, or runs/NAME-HASH8-N with the first N that is free. */
  static create(recipe: Recipe, path: string | undefined, dependencies: Dependencies): RunDirectory {
    const { chosen, made } = path === undefined ? freshFolder(recipe) : emptyFolder(path);
    try {
      const directory = new RunDirectory(chosen);
      writeAtomically(directory.file('recipe.yaml'), writeRecipe(recipe));
      writeAtomically(directory.file(DEPENDENCIES), `${JSON.stringify(dependencies, undefined, 2)}\n`);
      mkdirSync(directory.file('checkpoints'));
      directory.#openMetrics(0);
      directory.#fresh = { chosen, made };
      return directory;
    } catch (error) {
      // Nothing has happened yet: no beginning of a run is left behind.
      remove({ chosen, made });
      throw error;
    }
  }

  /** Takes away what `create` made, for a run that could not begin; one that was resumed, or has events, stays. */
  discard(): void {
    if (this.#fresh) remove(this.#fresh);
    this.#fresh = undefined;
  }

  /**
   * Opens an existing directory to go on with its run.
   * @param redo empties the directory where the run began with other dependencies, and begins it again
   * @returns the last checkpoint's content (undefined where there is none yet), or the record of a finished run
   * @throws RunDirectoryError where the directory is not a run's, or another recipe's, or its run began with other data,
   * files, plugins or bits
   */
  static resume(
    recipe: Recipe,
    path: string,
    dependencies: Dependencies,
    redo = false,
  ): { directory: RunDirectory; content?: unknown; finished?: RunRecord } {
    if (!existsSync(join(path, 'recipe.yaml'))) {
      throw new RunDirectoryError(
        `${path} holds no run to go on with (no recipe.yaml): leave --resume out, or name a run's directory with --out`,
      );
    }
    const directory = new RunDirectory(path);
    const stored = readRecipe(directory.file('recipe.yaml'));
    const difference = firstDifference(decisiveFields(stored), decisiveFields(recipe));
    if (difference !== undefined) {
      throw new RunDirectoryError(
        `${path} was made by another recipe: '${difference}' differs. Use the recipe ${directory.file('recipe.yaml')}, or another --out`,
      );
    }
    const change = directory.#changeSince(dependencies);
    if (change !== undefined) {
      if (!redo) {
        throw new RunDirectoryError(
          `${path} began with something else than there is now: ${change}. Put the old back, name another --out, or do the run again with --redo`,
        );
      }
      remove({ chosen: path, made: undefined });
      return { directory: RunDirectory.create(recipe, path, dependencies) };
    }
    if (existsSync(directory.file('run.json'))) return { directory, finished: readRecord(path) };
    directory.#tidy();
    const checkpoint = directory.#latestCheckpoint();
    directory.#openMetrics(checkpoint?.metricsBytes ?? 0);
    return checkpoint ? { directory, content: checkpoint.content } : { directory };
  }

  /** What the run depends on and is not as it was when the run began. */
  #changeSince(now: Dependencies): string | undefined {
    const before = readDependenciesOf(this.path);
    return before === undefined
      ? 'the version of murmur that began it did not write down what it depends on'
      : changedSince(before, now);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Adds one line to metrics.jsonl. */
  append(event: RunEvent): void {
    if (this.#metrics === undefined) throw new Error('this run directory is closed');
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    this.#fresh = undefined;
    // A disk that fills up takes a part of the line first.
    for (let at = 0; at < line.length;) at += writeSync(this.#metrics, line, at);
    this.#metricsBytes += line.length;
  }

  /** Takes all events of later rounds out of the metrics, and a checkpoint that was made after them away; durably. */
  rewind(round: number): void {
    const events = readEvents(this.path);
    const later = events.findIndex((event) => event.round > round);
    if (later < 0) return;
    const kept = events.slice(0, later).map((event) => `${JSON.stringify(event)}\n`);
    const bytes = Buffer.byteLength(kept.join(''));
    if ((this.#latestCheckpoint()?.metricsBytes ?? 0) > bytes) {
      removeDurably(this.file('checkpoints/latest.bin'));
    }
    this.close();
    this.#openMetrics(bytes);
  }

  /** Keeps what is needed to go on from here; replaces the last checkpoint. */
  checkpoint(content: unknown): void {
    if (this.#metrics !== undefined) fsyncSync(this.#metrics);
    const checkpoint: Checkpoint = { metricsBytes: this.#metricsBytes, content };
    writeAtomically(this.file('checkpoints/latest.bin'), serialize(checkpoint));
  }

  /** The final model and, last of all, run.json: a directory that has it is finished. */
  finish(record: RunRecord, model: Weights): void {
    if (this.#metrics !== undefined) fsyncSync(this.#metrics);
    const metadata = { name: record.name, weightsSha256: record.weightsSha256 };
    writeAtomically(this.file('model.safetensors'), encodeSafetensors(model, metadata));
    writeAtomically(this.file('run.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  /** Says that training diverged: the run has no result, and would end so again. */
  diverge({ round, message }: Divergence): void {
    writeAtomically(this.file(DIVERGED), `${JSON.stringify({ round, message }, undefined, 2)}\n`);
  }

  close(): void {
    if (this.#metrics !== undefined) closeSync(this.#metrics);
    this.#metrics = undefined;
  }

  /**
   * Keeps the first bytes in a file of its own: a process that was taken for dead and is not goes on writing into
   * the old one, which has no name any more.
   */
  #openMetrics(bytes: number): void {
    const file = this.file('metrics.jsonl');
    const kept = bytes === 0 ? '' : readFileSync(file).subarray(0, bytes);
    writeAtomically(file, kept);
    this.#metrics = openSync(file, 'a');
    this.#metricsBytes = bytes;
  }

  /** What a kill left behind: the folder that it came before, files that it cut short. */
  #tidy(): void {
    mkdirSync(this.file('checkpoints'), { recursive: true });
    rmSync(this.file(DIVERGED), { force: true });
    for (const folder of [this.path, this.file('checkpoints')]) {
      const unfinished = readdirSync(folder).filter((name) => name.endsWith(UNFINISHED));
      for (const name of unfinished) rmSync(join(folder, name), { force: true });
    }
  }

  /** Nothing where there is none, or where it speaks of more metrics than there are. */
  #latestCheckpoint(): Checkpoint | undefined {
    const file = this.file('checkpoints/latest.bin');
    if (!existsSync(file)) return undefined;
    const checkpoint = readCheckpoint(file);
    const metrics = statSync(this.file('metrics.jsonl'), { throwIfNoEntry: false })?.size ?? 0;
    return metrics < checkpoint.metricsBytes ? undefined : checkpoint;
  }
}

function readCheckpoint(file: string): Checkpoint {
  try {
    return deserialize(readFileSync(file)) as Checkpoint;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunDirectoryError(
      `${file} is damaged (${reason}): remove it, and --resume starts the run anew`,
    );
  }
}

/** What a run depends on, as it was when the run began; undefined where its directory does not say. */
export function readDependenciesOf(path: string): Dependencies | undefined {
  const file = join(path, DEPENDENCIES);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Dependencies) : undefined;
}

/** JSON has no NaN and no infinity: what is written of them is null. */
const parsed = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => (value === null ? NaN : value));

export const readRecord = (path: string) => parsed(readFileSync(join(path, 'run.json'), 'utf8')) as RunRecord;

/** How a run ended that diverged; nothing of any other. */
export function readDivergence(path: string): Divergence | undefined {
  const file = join(path, DIVERGED);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Divergence) : undefined;
}

/** The events of a run, in order. A last line that a kill cut short is left out. */
export function readEvents(path: string): RunEvent[] {
  const lines = readFileSync(join(path, 'metrics.jsonl'), 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => parsed(line) as RunEvent);
}

/** A run's folder, and the first of the folders that had to be made for it. */
interface Chosen {
  readonly chosen: string;
  readonly made: string | undefined;
}

function remove({ chosen, made }: Chosen): void {
  for (const name of readdirSync(chosen)) rmSync(join(chosen, name), { recursive: true });
  if (made !== undefined) rmSync(made, { recursive: true });
}

function emptyFolder(path: string): Chosen {
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new RunDirectoryError(`${path} is a file: name a folder with --out`);
  }
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new RunDirectoryError(
      existsSync(join(path, 'recipe.yaml'))
        ? `${path} exists already: go on with it by --resume, or name another folder with --out`
        : `${path} exists already and holds other things than a run: name another folder with --out`,
    );
  }
  return { chosen: path, made: makeFolder(path) };
}

/**
 * Makes a folder and those above it. (mkdirSync's own `recursive` tries for ever in a place like /proc.)
 * @returns the first folder that was made
 */
function makeFolder(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  const first = makeFolder(dirname(path));
  mkdirSync(path);
  return first ?? path;
}

/** Making the folder claims its number: runs that start at the same time get different ones. */
function freshFolder(recipe: Recipe): Chosen {
  mkdirSync('runs', { recursive: true });
  const stem = `${recipe.name}-${recipeHash(recipe).slice(0, 8)}`;
  for (let n = 1; ; n++) {
    const path = join('runs', `${stem}-${n}`);
    if (existsSync(path)) continue;
    try {
      mkdirSync(path);
      return { chosen: path, made: path };
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  }
}

/** The dotted name of the first field in which two values differ. */
function firstDifference(a: unknown, b: unknown, field = ''): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!isRecord(a) || !isRecord(b)) return field;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = firstDifference(a[key], b[key], field === '' ? key : `${field}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
