/** Runs a sweep on this machine: several runs at a time, one thread each, what is finished left alone. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { refuseUnshared } from '../../recipe/index.js';
import type { RunRecord } from '../../records/index.js';
import { RunProcesses, type Outcome } from './run-processes.js';
import type { Failure, SweepEvent } from './events.js';
import { expandSweep } from './expand.js';
import { identifyRuns } from './identify.js';
import type { SweepRun } from './sweep-run.js';
import { forgetFailure, hasDiverged, recordFailure } from './failures.js';
import { runDirectory, writeSweepRecord } from './layout.js';
import { memoryBudget } from './memory.js';
import { defaultDirectory, openSweep } from './open.js';
import type { Sweep } from './read.js';
import { describeUnread } from './read-fields.js';
import { writeSweepTable } from './table.js';
import { validRuns } from './valid-runs.js';

/** Each machine of several takes a part of the runs: the index counts from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface SweepOptions {
  /** The sweep's directory. Default: sweeps/NAME */
  readonly out?: string;
  /** How many threads train at a time, over all runs. Default: the machine's cores. */
  readonly cores?: number;
  /** What the runs under way may take together, in MiB. Default: nine tenths of what is free. */
  readonly memoryMiB?: number;
  readonly shard?: Shard;
  /** Leaves out runs that cannot be run, as failed; otherwise the sweep does not start with such runs. */
  readonly skipInvalid?: boolean;
  /** Runs again what is there with other data, files, plugins or bits; else it is refused. */
  readonly redo?: boolean;
  /** Modules with entries of the user's own. */
  readonly plugins?: readonly string[];
  /** Ends the runs under way with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SweepEvent) => void;
}

export interface SweepResult {
  readonly directory: string;
  /** By run, also those that were finished before. */
  readonly finished: ReadonlyMap<SweepRun, RunRecord>;
  readonly failed: readonly Failure[];
  /** Runs that cannot be run, which were to be skipped. */
  readonly skipped: readonly Failure[];
  /** Runs that were stopped, or not begun, by `signal`. */
  readonly unfinished: readonly SweepRun[];
}

/** A failed run is tried so often in all. */
const ATTEMPTS = 2;
/** A run that another process works on is looked at again after so many milliseconds. */
const HELD_AGAIN = 1000;

export const defaultMemoryMiB = () => (0.9 * process.availableMemory()) / 2 ** 20;

/**
 * Runs what is missing of a sweep. Failed runs do not end it.
 * @throws RecipeError, DataError: sentences about what cannot be, before anything starts
 */
export async function runSweep(sweep: Sweep, options: SweepOptions = {}): Promise<SweepResult> {
  const { cores = availableParallelism(), plugins = [], onEvent } = options;
  const signal = options.signal ?? new AbortController().signal;
  const expanded = expandSweep(sweep);
  for (const { recipe } of expanded)
    refuseUnshared(recipe, plugins, { who: "a sweep's processes", instead: '' });
  const all = await identifyRuns(expanded, plugins);
  const directory = options.out ?? defaultDirectory(sweep);
  const { finished, missing } = openSweep(sweep, all, directory, options.redo);
  const mine = options.shard ? missing.filter(inShard(options.shard, all)) : missing;
  const { valid, invalid } = await validRuns(mine, options);
  writeSweepRecord(directory, sweep, all);
  onEvent?.({
    type: 'sweep',
    directory,
    runs: finished.size + missing.length,
    finished: finished.size,
    missing: valid.length,
    cores,
    unread: describeUnread(all),
  });
  const skipped = [...invalid].map(([run, message]) => recordFailure(directory, run, message));
  const memory = memoryBudget(options.memoryMiB ?? defaultMemoryMiB());
  const processes = new RunProcesses({ memory, plugins, signal });
  const scheduler = new Scheduler(processes, valid, { directory, cores, signal, onEvent });
  const { records, failed, unfinished } = await scheduler.run();
  writeSweepTable(directory);
  return {
    directory,
    finished: new Map([...finished, ...records]),
    failed,
    skipped,
    unfinished,
  };
}

/** Every n-th run, by its place among all: what is finished changes nobody's part. */
export function inShard({ index, of }: Shard, all: readonly SweepRun[]): (run: SweepRun) => boolean {
  const hashes = [...new Set(all.map(({ hash }) => hash))];
  const mine = new Set(hashes.filter((_, i) => i % of === index - 1));
  return ({ hash }) => mine.has(hash);
}

interface Waiting {
  readonly run: SweepRun;
  readonly attempt: number;
}

interface Place {
  readonly directory: string;
  readonly cores: number;
  readonly signal: AbortSignal;
  readonly onEvent: SweepOptions['onEvent'];
}

class Scheduler {
  readonly #waiting: Waiting[];
  readonly #active = new Set<Promise<void>>();
  #free: number;
  readonly records = new Map<SweepRun, RunRecord>();
  readonly failed: Failure[] = [];
  readonly unfinished: SweepRun[] = [];

  constructor(
    readonly processes: RunProcesses,
    runs: readonly SweepRun[],
    readonly place: Place,
  ) {
    this.#waiting = runs.map((run) => ({ run, attempt: 1 }));
    this.#free = place.cores;
  }

  async run(): Promise<Pick<Scheduler, 'records' | 'failed' | 'unfinished'>> {
    const { signal } = this.place;
    for (;;) {
      while (this.#free > 0 && this.#waiting.length > 0 && !signal.aborted) this.#startNext();
      if (this.#active.size === 0) break;
      await Promise.race(this.#active);
    }
    this.unfinished.push(...this.#waiting.map(({ run }) => run));
    return this;
  }

  /** Cores that no other run will want are given to the next as further threads. */
  #startNext(): void {
    const [next] = this.#waiting.splice(0, 1);
    const threads = Math.max(1, Math.floor(this.#free / (this.#waiting.length + 1)));
    this.#free -= threads;
    this.#follow(
      this.#perform(next, threads).finally(() => {
        this.#free += threads;
      }),
    );
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => {
      this.#active.delete(followed);
    });
    this.#active.add(followed);
  }

  async #perform(waiting: Waiting, threads: number): Promise<void> {
    const { run } = waiting;
    const { directory, onEvent } = this.place;
    const outcome = await this.processes.run(
      {
        recipe: run.recipe,
        dependencies: run.dependencies,
        directory: join(directory, runDirectory(run)),
        threads,
      },
      (progress) => {
        onEvent?.({ ...progress, type: 'progress', run, threads });
      },
    );
    this.#settle(waiting, outcome);
  }

  #settle(waiting: Waiting, outcome: Outcome): void {
    const { run, attempt } = waiting;
    const { directory, onEvent, signal } = this.place;
    switch (outcome.kind) {
      case 'finished':
        this.records.set(run, outcome.record);
        forgetFailure(directory, run);
        onEvent?.({ type: 'finished', run, record: outcome.record });
        break;
      case 'failed': {
        const diverged = hasDiverged(directory, run);
        const retried = !diverged && attempt < ATTEMPTS;
        if (retried) this.#waiting.push({ run, attempt: attempt + 1 });
        else this.failed.push(recordFailure(directory, run, outcome.message));
        onEvent?.({ type: 'failed', run, message: outcome.message, retried, diverged });
        break;
      }
      case 'held':
        onEvent?.({ type: 'held', run });
        this.#follow(this.#again(waiting, signal));
        break;
      case 'stopped':
        this.unfinished.push(run);
    }
  }

  async #again(waiting: Waiting, signal: AbortSignal): Promise<void> {
    await setTimeout(HELD_AGAIN, undefined, { signal }).catch(() => undefined);
    this.#waiting.push(waiting);
  }
}
