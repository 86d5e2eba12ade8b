/** Runs tasks on this thread or on a pool of worker threads; which, and how many, never changes a result. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { wasmEngine } from '../learning/index.js';
import { shareFederation, type Federation } from '../recipe/index.js';
import { createPerformer, type Performer } from './performer.js';
import type { Reply, Request, WorkerData } from './worker.js';

export interface Executor {
  readonly threads: number;
  /**
   * Performs every task and calls `done` as each ends, in whatever order.
   * @throws the first error of a task, with the task's place in `tasks`
   */
  run<Kind extends keyof Performer>(
    kind: Kind,
    tasks: readonly Parameters<Performer[Kind]>[0][],
    done: (result: ReturnType<Performer[Kind]>, index: number) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/** One thread: this one. Between tasks it lets signals and timers in. */
function inlineExecutor(federation: Federation): Executor {
  const performer = createPerformer(federation, wasmEngine());
  return {
    threads: 1,
    async run(kind, tasks, done) {
      const perform = performer[kind] as (task: (typeof tasks)[number]) => Parameters<typeof done>[0];
      for (const [index, task] of tasks.entries()) {
        done(perform(task), index);
        await setImmediate();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Tasks that a thread holds at a time: one that it works on and one that waits, so that it is never idle. */
const IN_FLIGHT = 2;

/** What is being run now: tells each worker its next task, and is told what came of it. */
interface Batch {
  next(): Request | undefined;
  take(reply: Reply): void;
  fail(error: unknown): void;
}

function threadPool(federation: Federation, threads: number, plugins: readonly string[]): Executor {
  const workerData: WorkerData = { shared: shareFederation(federation), plugins };
  let batch: Batch | undefined;
  const feed = (worker: Worker) => {
    const request = batch?.next();
    if (request) worker.postMessage(request);
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    worker.on('error', (error) => batch?.fail(error));
    worker.on('message', (reply: Reply) => {
      feed(worker);
      batch?.take(reply);
    });
    return worker;
  });
  return {
    threads,
    async run<Kind extends keyof Performer>(
      kind: Kind,
      tasks: readonly Parameters<Performer[Kind]>[0][],
      done: (result: ReturnType<Performer[Kind]>, index: number) => void,
    ) {
      if (tasks.length === 0) return;
      let sent = 0;
      let open = tasks.length;
      try {
        await new Promise<void>((resolve, reject) => {
          batch = {
            next: () => (sent < tasks.length ? { kind, task: tasks[sent], index: sent++ } : undefined),
            take(reply) {
              if ('error' in reply) {
                batch?.fail(reply.error);
                return;
              }
              try {
                done(reply.result as ReturnType<Performer[Kind]>, reply.index);
              } catch (error) {
                batch?.fail(error);
              }
              if (--open === 0) resolve();
            },
            fail(error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            },
          };
          for (let depth = 0; depth < IN_FLIGHT; depth++) workers.forEach(feed);
        });
      } finally {
        batch = undefined;
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

export function createExecutor(
  federation: Federation,
  threads: number,
  plugins: readonly string[] = [],
): Executor {
  return threads === 1 ? inlineExecutor(federation) : threadPool(federation, threads, plugins);
}

/** Copies vectors into shared memory, so that threads read them without copies; the same array is copied once. */
export function vectorSharer(): (vector: Float32Array) => Float32Array {
  const shared = new Map<Float32Array, Float32Array>();
  return (vector) => {
    if (vector.buffer instanceof SharedArrayBuffer) return vector;
    let copy = shared.get(vector);
    if (copy === undefined) {
      copy = new Float32Array(new SharedArrayBuffer(vector.byteLength));
      copy.set(vector);
      shared.set(vector, copy);
    }
    return copy;
  };
}
