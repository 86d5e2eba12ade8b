/** Takes runs from a queue on Redis and does them, until it is stopped. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UnrecoverableError, WaitingError, Worker, type Job as QueuedJob } from 'bullmq';
import { RecipeError } from '../../../recipe/index.js';
import { readDivergence } from '../../../records/host/index.js';
import type { RunRecord } from '../../../records/index.js';
import { RunProcesses, type Outcome } from '../run-processes.js';
import { runDirectory } from '../layout.js';
import { memoryBudget } from '../memory.js';
import { connectRedis } from './connect.js';
import { parseJob, QUEUE, type Job, type JobProgress, type JobResult } from './jobs.js';

export interface WorkOptions {
  readonly address: string;
  /** The folder that holds the sweeps' directories: shared with other machines, or this one's own. */
  readonly out: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly plugins: readonly string[];
  /** Ends the runs under way with a checkpoint, and gives them back to the queue. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: WorkEvent) => void;
}

export type WorkEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'started' | 'stopped'; readonly sweep: string; readonly id: string }
  | {
      readonly type: 'finished';
      readonly sweep: string;
      readonly id: string;
      readonly accuracy: number;
      readonly wallSeconds: number;
    }
  | { readonly type: 'failed'; readonly sweep: string; readonly id: string; readonly message: string }
  /** The connection is lost, say; it is tried again and again. */
  | { readonly type: 'trouble'; readonly message: string };

/** A worker that has not been heard of for so many milliseconds is taken for dead, and its runs are given to others. */
const LOCK = 10_000;
const LOOK_FOR_DEAD = 5_000;
/** Runs may be given away any number of times. */
const STALLS = 1_000_000;
/** How often a run's progress is told, and a run that another process works on is looked at. */
const EVERY = 1000;

/** @throws UserError if Redis does not answer */
export async function workQueue(options: WorkOptions): Promise<void> {
  const { address, cores, memoryMiB, plugins, signal, onEvent } = options;
  const redis = await connectRedis(address);
  const processes = new RunProcesses({ memory: memoryBudget(memoryMiB), plugins, signal });
  const worker = new Worker<unknown, JobResult>(
    QUEUE,
    (job, token) => perform(job, token, processes, options),
    {
      connection: redis,
      concurrency: cores,
      lockDuration: LOCK,
      stalledInterval: LOOK_FOR_DEAD,
      maxStalledCount: STALLS,
    },
  );
  let trouble = '';
  worker.on('error', ({ message }) => {
    // While Redis is away the same is said each time that it is tried.
    if (message !== trouble) onEvent({ type: 'trouble', message });
    trouble = message;
  });
  try {
    await worker.waitUntilReady();
    onEvent({ type: 'ready' });
    await aborted(signal);
  } finally {
    await worker.close();
    redis.disconnect();
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

async function perform(
  queued: QueuedJob<unknown, JobResult>,
  token: string | undefined,
  processes: RunProcesses,
  { out, signal, onEvent }: WorkOptions,
): Promise<JobResult> {
  const job = readJob(queued);
  const named = { sweep: job.sweep, id: job.id };
  onEvent({ type: 'started', ...named });
  const directory = join(out, job.sweep, runDirectory(job));
  const outcome = await untilFree(job, queued, processes, directory, signal);
  switch (outcome.kind) {
    case 'finished': {
      const { accuracy, wallSeconds } = outcome.record;
      onEvent({ type: 'finished', ...named, accuracy, wallSeconds });
      return shortened(outcome.record);
    }
    case 'failed':
      onEvent({ type: 'failed', ...named, message: outcome.message });
      // What has diverged does so again.
      if (readDivergence(directory)) throw new UnrecoverableError(outcome.message);
      throw new Error(outcome.message);
    case 'stopped':
    case 'held':
      onEvent({ type: 'stopped', ...named });
      await queued.moveToWait(token);
      throw new WaitingError();
  }
}

/** A job that cannot be read cannot be read twice. */
function readJob({ data }: QueuedJob<unknown, JobResult>): Job {
  try {
    return parseJob(data);
  } catch (error) {
    if (error instanceof RecipeError) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** Where another process still works on the run, it is waited for; the job stays this worker's meanwhile. */
async function untilFree(
  { recipe, dependencies }: Job,
  queued: QueuedJob<unknown, JobResult>,
  processes: RunProcesses,
  directory: string,
  signal: AbortSignal,
): Promise<Outcome> {
  let toldAt = -Infinity;
  for (;;) {
    const outcome = await processes.run({ recipe, dependencies, directory, threads: 1 }, (progress) => {
      const now = performance.now();
      if (now - toldAt < EVERY && progress.round < progress.rounds) return;
      toldAt = now;
      const told: JobProgress = { ...progress, threads: 1 };
      // Only for the display; that Redis is away is told elsewhere.
      queued.updateProgress({ ...told }).catch(() => undefined);
    });
    if (outcome.kind !== 'held' || signal.aborted) return outcome;
    await setTimeout(EVERY, undefined, { signal }).catch(() => undefined);
  }
}

function shortened({ labelCounts, topology, ...record }: RunRecord): JobResult {
  return record;
}
