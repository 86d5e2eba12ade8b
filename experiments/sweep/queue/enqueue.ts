/** Puts what is missing of a sweep into a queue on Redis, and follows it until workers have done it. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Queue, QueueEvents } from 'bullmq';
import type { RunRecord } from '../../../records/index.js';
import { finishedRecord } from '../run-processes.js';
import type { Failure, SweepEvent } from '../events.js';
import { expandSweep } from '../expand.js';
import { identifyRuns } from '../identify.js';
import type { SweepRun } from '../sweep-run.js';
import { forgetFailure, recordFailure } from '../failures.js';
import { runDirectory, writeSweepRecord } from '../layout.js';
import { defaultDirectory, openSweep } from '../open.js';
import type { Sweep } from '../read.js';
import type { SweepResult } from '../run-sweep.js';
import { describeUnread } from '../read-fields.js';
import { writeSweepTable } from '../table.js';
import { validRuns } from '../valid-runs.js';
import { connectRedis } from './connect.js';
import { jobName, jobOptions, QUEUE, sweepName, type Job, type JobProgress, type JobResult } from './jobs.js';

export interface QueueOptions {
  readonly address: string;
  /** The sweep's directory. Default: sweeps/NAME. Workers find it by its name in the folder that they are given. */
  readonly out?: string;
  /** Runs again what is there with other data, files, plugins or bits; else it is refused. */
  readonly redo?: boolean;
  /** Modules with entries of the user's own; workers load the same. */
  readonly plugins?: readonly string[];
  /** Stops following; the queue goes on. */
  /** Leaves out runs that cannot be run; otherwise the sweep does not start with such runs. */
  readonly skipInvalid?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SweepEvent) => void;
}

export interface QueueResult extends SweepResult {
  /** Runs that workers have done in folders of their own, not in this one. */
  readonly elsewhere: readonly SweepRun[];
}

/** @throws UserError if Redis does not answer; RecipeError as runSweep does */
export async function queueSweep(sweep: Sweep, options: QueueOptions): Promise<QueueResult> {
  const directory = options.out ?? defaultDirectory(sweep);
  const name = sweepName(directory);
  const all = await identifyRuns(expandSweep(sweep), options.plugins);
  const { finished, missing } = openSweep(sweep, all, directory, options.redo);
  const redis = await connectRedis(options.address);
  const queue = new Queue<Job, JobResult>(QUEUE, { connection: redis });
  const events = new QueueEvents(QUEUE, { connection: redis.duplicate() });
  try {
    await events.waitUntilReady();
    const { valid, invalid } = await validRuns(missing, options);
    writeSweepRecord(directory, sweep, all);
    options.onEvent({
      type: 'sweep',
      directory,
      runs: finished.size + missing.length,
      finished: finished.size,
      missing: valid.length,
      unread: describeUnread(all),
    });
    const skipped = [...invalid].map(([run, message]) => recordFailure(directory, run, message));
    const follower = new Follower(queue, events, directory, name, valid, options);
    await follower.enqueue();
    await follower.done();
    writeSweepTable(directory);
    const { records, failed, open } = follower;
    const elsewhere = [...records.keys()].filter((run) => !finishedRecord(pathOf(directory, run)));
    return {
      directory,
      finished: new Map([...finished, ...records]),
      failed,
      skipped,
      unfinished: [...open.values()],
      elsewhere,
    };
  } finally {
    await events.close();
    await queue.close();
    redis.disconnect();
  }
}

const pathOf = (directory: string, run: SweepRun) => join(directory, runDirectory(run));

/** How many jobs are added or looked at in one go. */
const BATCH = 500;
/** Events tell of jobs as they end; jobs whose events went missing are looked for every so many milliseconds. */
const LOOK_AGAIN = 5000;

class Follower {
  /** Runs that have not ended, by the names of their jobs. */
  readonly open: Map<string, SweepRun>;
  readonly records = new Map<SweepRun, RunRecord>();
  readonly failed: Failure[] = [];
  #tellAllEnded: () => void = () => undefined;
  readonly #allEnded = new Promise<void>((resolve) => (this.#tellAllEnded = resolve));

  constructor(
    readonly queue: Queue<Job, JobResult>,
    readonly events: QueueEvents,
    readonly directory: string,
    readonly sweep: string,
    missing: readonly SweepRun[],
    readonly options: QueueOptions,
  ) {
    this.open = new Map(missing.map((run) => [this.#nameOf(run), run]));
    events.on('progress', ({ jobId, data }) => {
      const run = this.open.get(jobId);
      if (run) options.onEvent({ type: 'progress', run, ...(data as JobProgress) });
    });
    events.on('completed', ({ jobId }) => void this.#look(jobId));
    events.on('failed', ({ jobId }) => void this.#look(jobId));
  }

  /** Adds the jobs that are not in the queue; those that ended without a result here are done again. */
  async enqueue(): Promise<void> {
    const names = [...this.open.keys()];
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH);
      await Promise.all(some.map((name) => this.#removeEnded(name)));
      await this.queue.addBulk(some.flatMap((name) => this.#jobOf(name)));
    }
  }

  /** Resolves when all have ended, or following is stopped. */
  async done(): Promise<void> {
    const { signal } = this.options;
    while (this.open.size > 0 && !signal.aborted) {
      const later = setTimeout(LOOK_AGAIN, undefined, { signal }).catch(() => undefined);
      await Promise.race([later, this.#allEnded]);
      const names = [...this.open.keys()];
      for (let from = 0; from < names.length; from += BATCH) {
        await Promise.all(names.slice(from, from + BATCH).map((name) => this.#look(name)));
      }
    }
  }

  #nameOf = ({ id }: SweepRun) => jobName(this.sweep, id);

  #jobOf(name: string) {
    const run = this.open.get(name);
    if (!run) return [];
    const { id, hash, recipe, dependencies } = run;
    const data: Job = { sweep: this.sweep, id, hash, recipe, dependencies };
    return [{ name: 'run', data, opts: { ...jobOptions, jobId: name } }];
  }

  async #removeEnded(name: string): Promise<void> {
    const job = await this.queue.getJob(name);
    if (job && ((await job.isCompleted()) || (await job.isFailed()))) await job.remove();
  }

  /** Settles a run whose job has ended. */
  async #look(name: string): Promise<void> {
    const job = await this.queue.getJob(name);
    const state = job && (await job.getState());
    // Only now: two looks at the same job may have been under way.
    const run = this.open.get(name);
    if (!job || !run || (state !== 'completed' && state !== 'failed')) return;
    this.open.delete(name);
    if (state === 'completed') {
      const record = finishedRecord(pathOf(this.directory, run)) ?? job.returnvalue;
      this.records.set(run, record);
      forgetFailure(this.directory, run);
      this.options.onEvent({ type: 'finished', run, record });
    } else {
      const failure = recordFailure(this.directory, run, job.failedReason);
      const { message, diverged } = failure;
      this.failed.push(failure);
      this.options.onEvent({ type: 'failed', run, message, retried: false, diverged });
    }
    if (this.open.size === 0) this.#tellAllEnded();
  }
}
