/** Performs tasks on this thread or on a pool of worker threads; which, and how many, never changes a result. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { loadEngine, type Engine, type WasmEngineOptions } from '../learning/index.js';
import { shareFederation, type Federation } from '../recipe/index.js';
import { ThreadEndedError } from './failures.js';
import type { Opening, Reply, Request, ThreadData } from './thread.js';
import type { ThreadTask } from './thread-task.js';

export interface Executor {
  readonly threads: number;
  /** Whether a thread has ended by itself: nothing is performed any more. */
  readonly hasDied: boolean;
  /** Performs a task as soon as a thread is free; tasks start in the order of calls. */
  perform<Task, Result>(work: ThreadTask<Task, Result>, task: Task): Promise<Result>;
  /** Gives all threads a memory that they share, before they begin what they are asked to perform from now on. */
  open(memory: WebAssembly.Memory): void;
  /**
   * Takes the memory of a result that nobody reads any more: threads make later results of it. Otherwise every result
   * would be garbage on this thread, which would collect it for longer than it does anything else.
   */
  recycle(buffer: ArrayBuffer): void;
  close(): Promise<void>;
}

/** Performs every task and calls `done` as each ends, in whatever order. @throws the first error of a task */
export async function performAll<Task, Result>(
  executor: Executor,
  work: ThreadTask<Task, Result>,
  tasks: readonly Task[],
  done: (result: Result, index: number) => void,
): Promise<void> {
  await Promise.all(
    tasks.map(async (task, index) => {
      done(await executor.perform(work, task), index);
    }),
  );
}

/** One thread: this one. Before each task it lets signals and timers in. */
function inlineExecutor(federation: Federation, options?: WasmEngineOptions): Executor {
  let engine: Promise<Engine> | undefined;
  const prepared = new Map<unknown, unknown>();
  const memories: WebAssembly.Memory[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function prepare<Task, Result>(work: ThreadTask<Task, Result>): Promise<(task: Task) => Result> {
    engine ??= loadEngine(federation.recipe.engine, options);
    const perform = prepared.get(work) ?? work.prepare(federation, await engine, { index: 0, memories });
    prepared.set(work, perform);
    return perform as (task: Task) => Result;
  }

  return {
    threads: 1,
    hasDied: false,
    perform(work, task) {
      const result = last.then(() => setImmediate()).then(async () => (await prepare(work))(task));
      last = result.catch(() => undefined);
      return result;
    },
    open(memory) {
      memories.push(memory);
    },
    recycle(buffer) {
      void engine?.then((loaded) => loaded.recycle?.(buffer));
    },
    close: () => Promise.resolve(),
  };
}

/** Tasks that a thread holds at a time: one that it works on and one that waits, so that it is never idle. */
const IN_FLIGHT = 2;
/** Memory that waits for being of use, for each thread: of as many results as are ever about at a time. */
const MOST_SPARE = 8;

interface Waiting {
  readonly name: string;
  readonly task: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function threadPool(
  federation: Federation,
  { threads, plugins = [], engine = {} }: ExecutorOptions,
): Executor {
  const shared = shareFederation(federation);
  const queue: Waiting[] = [];
  const sent = new Map<number, Waiting>();
  const spare: ArrayBuffer[] = [];
  let head = 0;
  let count = 0;
  /** Why a thread died, e.g. of a plugin that cannot be loaded: the others could not do its work in its place. */
  let isClosing = false;
  let death: { readonly cause: unknown } | undefined;

  const workers = Array.from({ length: threads }, (_, index) => {
    const workerData: ThreadData = { index, shared, plugins, engine };
    const thread = { worker: new Worker(new URL('./thread.js', import.meta.url), { workerData }), held: 0 };
    thread.worker.on('message', (reply: Reply) => {
      thread.held--;
      dispatch();
      const waiting = sent.get(reply.index);
      sent.delete(reply.index);
      if ('error' in reply) waiting?.reject(reply.error);
      else waiting?.resolve(reply.result);
    });
    thread.worker.on('error', die);
    thread.worker.on('exit', (code) => {
      if (!isClosing) die(new ThreadEndedError(code));
    });
    return thread;
  });

  function die(cause: unknown): void {
    death ??= { cause };
    for (const waiting of [...sent.values(), ...queue.slice(head)]) waiting.reject(death.cause);
    sent.clear();
    queue.length = head = 0;
  }

  function dispatch(): void {
    while (head < queue.length) {
      const thread = workers.reduce((least, other) => (other.held < least.held ? other : least));
      if (thread.held >= IN_FLIGHT) return;
      const waiting = queue[head++];
      const { name, task } = waiting;
      const again = spare.pop();
      const request: Request = { name, task, index: count++, spare: again };
      sent.set(request.index, waiting);
      thread.held++;
      thread.worker.postMessage(request, again ? [again] : []);
    }
    queue.length = head = 0;
  }

  return {
    threads,
    get hasDied() {
      return death !== undefined;
    },
    perform: <Task, Result>(work: ThreadTask<Task, Result>, task: Task) =>
      new Promise<Result>((resolve, reject) => {
        if (death) {
          reject(toError(death.cause));
          return;
        }
        queue.push({
          name: work.name,
          task,
          resolve: (result) => {
            resolve(result as Result);
          },
          reject,
        });
        dispatch();
      }),
    recycle(buffer) {
      if (spare.length < MOST_SPARE * threads) spare.push(buffer);
    },
    open(memory) {
      for (const { worker } of workers) worker.postMessage({ memory } satisfies Opening);
    },
    async close() {
      isClosing = true;
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}

export interface ExecutorOptions {
  readonly threads: number;
  /** Modules that every thread loads. */
  readonly plugins?: readonly string[] | undefined;
  readonly engine?: WasmEngineOptions | undefined;
  /** Whether even a single thread is another than this one, which then stays free for input and output. */
  readonly apart?: boolean;
}

const toError = (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause)));

export function createExecutor(federation: Federation, options: ExecutorOptions): Executor {
  return options.threads === 1 && options.apart !== true
    ? inlineExecutor(federation, options.engine)
    : threadPool(federation, options);
}

/** Copies vectors into shared memory, so that threads read them without copies; the same array is copied once. */
export function vectorSharer(): (vector: Float32Array) => Float32Array {
  const shared = new Map<Float32Array, Float32Array>();
  return (vector) => {
    if (vector.buffer instanceof SharedArrayBuffer) return vector;
    let copy = shared.get(vector);
    if (copy === undefined) {
      copy = sharedVector(vector.length);
      copy.set(vector);
      shared.set(vector, copy);
    }
    return copy;
  };
}

export const sharedVector = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));
