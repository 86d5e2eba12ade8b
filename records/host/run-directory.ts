/**
 * A run's directory: recipe.yaml, dependencies.json, metrics.jsonl, checkpoints/, and when it is finished
 * model.safetensors, run.json and report.html.
 */
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { encodeSafetensors, type Weights } from '../../learning/index.js';
import {
  changedSince,
  decisiveFields,
  parseRecipe,
  recipeHash,
  writeRecipe,
  type Dependencies,
  type Recipe,
} from '../../recipe/index.js';
import {
  isUnfinished,
  makeFolder,
  naming,
  removeDurably,
  removeUnfinished,
  syncFolder,
  syncParent,
  writeAll,
  writeAtomically,
} from './atomic-file.js';
import {
  divergenceSchema,
  eventSchema,
  recordSchema,
  type Divergence,
  type RunEvent,
  type RunRecord,
} from '../index.js';
import { issuePath } from '../../registry/index.js';
import { RunDirectoryError } from '../index.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

interface Checkpoint {
  /** Where metrics.jsonl ended when the checkpoint was made. */
  readonly metricsBytes: number;
  readonly content: unknown;
}

/** A folder without it holds no run. */
const RECIPE = 'recipe.yaml';

/** What the run depends on besides its recipe, as it was when the run began; it is there before the recipe is. */
const DEPENDENCIES = 'dependencies.json';

const METRICS = 'metrics.jsonl';
const RECORD = 'run.json';
const CHECKPOINTS = 'checkpoints';
const LATEST = join(CHECKPOINTS, 'latest.bin');
const DIVERGED = 'diverged.json';

/** The folder of the lock of the process that uses the directory. */
export const LOCK = 'in-use';

export class RunDirectory {
  #metrics: number | undefined;
  #metricsBytes = 0;

  /** The folder that was made for a run of which nothing has happened yet. */
  #fresh: Chosen | undefined;

  private constructor(
    readonly path: string,
    readonly files: FileSystem,
  ) {}

  /**
   * A fresh directory: `path`, or runs/NAME-HASH8-N with the first N that is free.
   * @param made the first of the folders that were made for `path` just now
   */
  static create(
    recipe: Recipe,
    path: string | undefined,
    dependencies: Dependencies,
    files = nodeFileSystem,
    made?: string,
  ): RunDirectory {
    const fresh = path === undefined ? freshFolder(recipe, files) : emptyFolder(path, files, made);
    const directory = new RunDirectory(fresh.chosen, files);
    try {
      directory.#write(DEPENDENCIES, `${JSON.stringify(dependencies, undefined, 2)}\n`);
      directory.#write(RECIPE, writeRecipe(recipe));
      directory.#tidy();
      directory.#openMetrics(0);
      directory.#fresh = fresh;
      return directory;
    } catch (error) {
      directory.#undo(fresh);
      throw error;
    }
  }

  /** Whether a folder holds a run that can be resumed. */
  static exists(path: string, files = nodeFileSystem): boolean {
    return files.exists(join(path, RECIPE));
  }

  static isFinished(path: string, files = nodeFileSystem): boolean {
    return files.exists(join(path, RECORD));
  }

  /** @throws RunDirectoryError if no run can begin in a folder, because it holds something */
  static refuseContent(path: string, files = nodeFileSystem): void {
    if (!files.exists(path)) return;
    if (!files.isFolder(path)) throw new RunDirectoryError(`${path} is a file: name a folder with --out`);
    if (files.list(path).every(isBeforeRecipe)) return;
    throw new RunDirectoryError(
      RunDirectory.exists(path, files)
        ? `${path} exists already: go on with it by --resume, or name another folder with --out`
        : `${path} exists already and holds other things than a run: name another folder with --out`,
    );
  }

  /** Takes away what `create` made, for a run that could not begin; one that was resumed, or has events, stays. */
  discard(): void {
    if (this.#fresh) remove(this.#fresh, this.files);
    this.#fresh = undefined;
  }

  /** Nothing has happened yet: no beginning of a run is left behind, unless it cannot be removed either. */
  #undo(fresh: Chosen): void {
    try {
      this.close();
      remove(fresh, this.files);
    } catch {
      // What stays is no run yet, or one that can be resumed.
    }
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
    files = nodeFileSystem,
  ): { directory: RunDirectory; content?: unknown; finished?: RunRecord } {
    if (!RunDirectory.exists(path, files)) {
      throw new RunDirectoryError(
        `${path} holds no run to go on with (no recipe.yaml): leave --resume out, or name a run's directory with --out`,
      );
    }
    const directory = new RunDirectory(path, files);
    syncFolder(path, files);
    const stored = parseRecipe(directory.#read(RECIPE), {}, directory.file(RECIPE));
    const difference = firstDifference(decisiveFields(stored), decisiveFields(recipe));
    if (difference !== undefined) {
      throw new RunDirectoryError(
        `${path} was made by another recipe: '${difference}' differs. Use the recipe ${directory.file(RECIPE)}, or another --out`,
      );
    }
    const change = directory.#changeSince(dependencies);
    if (change !== undefined) {
      if (!redo) {
        throw new RunDirectoryError(
          `${path} began with something else than there is now: ${change}. Put the old back, name another --out, or do the run again with --redo`,
        );
      }
      remove({ chosen: path, made: undefined }, files);
      return { directory: RunDirectory.create(recipe, path, dependencies, files) };
    }
    if (RunDirectory.isFinished(path, files)) return { directory, finished: readRecord(path, files) };
    directory.#tidy();
    const checkpoint = directory.#latestCheckpoint();
    directory.#openMetrics(checkpoint?.metricsBytes ?? 0);
    return checkpoint ? { directory, content: checkpoint.content } : { directory };
  }

  /** What the run depends on and is not as it was when the run began. */
  #changeSince(now: Dependencies): string | undefined {
    const before = readDependenciesOf(this.path, this.files);
    return before === undefined
      ? 'the version of murmur that began it did not write down what it depends on'
      : changedSince(before, now);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Adds one line to metrics.jsonl. Where that fails, nothing can be added any more. */
  append(event: RunEvent): void {
    if (this.#metrics === undefined) throw new Error('this run directory is closed');
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    this.#fresh = undefined;
    try {
      writeAll(this.#metrics, line, this.files);
    } catch (error) {
      this.#closeTorn();
      throw naming(this.file(METRICS), error);
    }
    this.#metricsBytes += line.length;
  }

  /** Readers leave a last line without its end out: no other line may follow it. */
  #closeTorn(): void {
    try {
      this.close();
    } catch {
      // What the line has failed of is what is told.
    }
  }

  /** Takes all events of later rounds out of the metrics, and a checkpoint that was made after them away; durably. */
  rewind(round: number): void {
    const events = readEvents(this.path, this.files);
    const later = events.findIndex((event) => event.round > round);
    if (later < 0) return;
    const kept = this.#read(METRICS).split('\n').slice(0, later);
    const bytes = kept.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    if ((this.#latestCheckpoint()?.metricsBytes ?? 0) > bytes) {
      removeDurably(this.file(LATEST), this.files);
    }
    this.close();
    this.#openMetrics(bytes);
  }

  /** Keeps what is needed to go on from here; replaces the last checkpoint. */
  checkpoint(content: unknown): void {
    this.#syncMetrics();
    const checkpoint: Checkpoint = { metricsBytes: this.#metricsBytes, content };
    this.#write(LATEST, serialize(checkpoint));
  }

  /** The final model and, last of all, run.json: a directory that has it is finished. */
  finish(record: RunRecord, model: Weights): void {
    this.#syncMetrics();
    const metadata = { name: record.name, weightsSha256: record.weightsSha256 };
    this.#write('model.safetensors', encodeSafetensors(model, metadata));
    this.#write(RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
  }

  /** Says that training diverged: the run has no result, and would end so again. */
  diverge({ round, message }: Divergence): void {
    this.#write(DIVERGED, `${JSON.stringify({ round, message }, undefined, 2)}\n`);
  }

  #syncMetrics(): void {
    if (this.#metrics === undefined) return;
    try {
      this.files.sync(this.#metrics);
    } catch (error) {
      throw naming(this.file(METRICS), error);
    }
  }

  close(): void {
    const metrics = this.#metrics;
    this.#metrics = undefined;
    if (metrics !== undefined) this.files.close(metrics);
  }

  #write(name: string, content: string | Uint8Array): void {
    writeAtomically(this.file(name), content, undefined, this.files);
  }

  #read(name: string): string {
    return this.files.read(this.file(name)).toString();
  }

  /**
   * Keeps the first bytes in a file of its own: a process that was taken for dead and is not goes on writing into
   * the old one, which has no name any more.
   */
  #openMetrics(bytes: number): void {
    const file = this.file(METRICS);
    const kept = bytes === 0 ? '' : this.files.read(file).subarray(0, bytes);
    this.#write(METRICS, kept);
    this.#metrics = this.files.open(file, 'a');
    this.#metricsBytes = bytes;
  }

  /** What a kill left behind: the folder that it came before, files that it cut short. */
  #tidy(): void {
    const checkpoints = this.file(CHECKPOINTS);
    makeFolder(checkpoints, this.files);
    syncFolder(checkpoints, this.files);
    this.files.remove(this.file(DIVERGED));
    for (const folder of [this.path, checkpoints]) removeUnfinished(folder, this.files);
  }

  /** Nothing where there is none, or where it speaks of more metrics than there are. */
  #latestCheckpoint(): Checkpoint | undefined {
    const file = this.file(LATEST);
    if (!this.files.exists(file)) return undefined;
    const checkpoint = readCheckpoint(file, this.files);
    return this.files.size(this.file(METRICS)) < checkpoint.metricsBytes ? undefined : checkpoint;
  }
}

function readCheckpoint(file: string, files: FileSystem): Checkpoint {
  const bytes = files.read(file);
  try {
    return deserialize(bytes) as Checkpoint;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunDirectoryError(
      `${file} is damaged (${reason}): remove it, and --resume starts the run anew`,
    );
  }
}

/** What a run depends on, as it was when the run began; undefined where its directory does not say. */
export function readDependenciesOf(path: string, files = nodeFileSystem): Dependencies | undefined {
  const file = join(path, DEPENDENCIES);
  return files.exists(file) ? (JSON.parse(files.read(file).toString()) as Dependencies) : undefined;
}

/** @throws RunDirectoryError where it is not as this version writes it */
export function readRecord(path: string, files = nodeFileSystem): RunRecord {
  const file = join(path, RECORD);
  return parsed(recordSchema, files.read(file).toString(), file);
}

/** How a run ended that diverged; undefined for any other. */
export function readDivergence(path: string): Divergence | undefined {
  const file = join(path, DIVERGED);
  if (!nodeFileSystem.exists(file)) return undefined;
  return parsed(divergenceSchema, nodeFileSystem.read(file).toString(), file);
}

/**
 * The events of a run, in order. A last line that a kill cut short is left out.
 * @throws RunDirectoryError where a line is not as this version writes it
 */
export function readEvents(path: string, files = nodeFileSystem): RunEvent[] {
  const file = join(path, METRICS);
  const lines = files.read(file).toString().split('\n');
  return lines.slice(0, -1).map((line, index) => parsed(eventSchema, line, `${file}, line ${index + 1}`));
}

/** @param where what a complaint begins with */
function parsed<Schema extends z.ZodType>(schema: Schema, text: string, where: string): z.output<Schema> {
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issuePath(issue).join('.');
  throw new RunDirectoryError(
    `${where}: '${field}' is not as this version of murmur writes it (${issue.message}); read it with the version that wrote it, or run it again`,
  );
}

/** A run's folder, and the first of the folders that had to be made for it. */
interface Chosen {
  readonly chosen: string;
  readonly made: string | undefined;
}

/** In an order such that what a kill leaves is a run, or counts as empty. */
function remove({ chosen, made }: Chosen, files: FileSystem): void {
  const others = files.list(chosen).filter((name) => ![RECIPE, DEPENDENCIES, LOCK].includes(name));
  for (const name of [...others, RECIPE, DEPENDENCIES]) files.remove(join(chosen, name));
  if (made !== undefined) files.remove(made);
}

/** A run that was killed before it had its recipe leaves nothing else. */
const isBeforeRecipe = (name: string) => name === DEPENDENCIES || name === LOCK || isUnfinished(name);

function emptyFolder(path: string, files: FileSystem, made: string | undefined): Chosen {
  RunDirectory.refuseContent(path, files);
  const first = makeFolder(path, files) ?? made;
  syncParent(path, files);
  return { chosen: path, made: first };
}

/** Making the folder claims its number: runs that start at the same time get different ones. */
function freshFolder(recipe: Recipe, files: FileSystem): Chosen {
  makeFolder('runs', files);
  const stem = `${recipe.name}-${recipeHash(recipe).slice(0, 8)}`;
  for (let n = 1; ; n++) {
    const path = join('runs', `${stem}-${n}`);
    if (files.exists(path)) continue;
    try {
      files.makeFolder(path);
    } catch (error) {
      if (files.exists(path)) continue;
      throw error;
    }
    return { chosen: path, made: path };
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
