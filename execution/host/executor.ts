/** Creates executors: on this thread, or on a pool of Node.js worker threads. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { loadEngine, type EngineOptions } from '../../learning/host/index.js';
import type { Engine } from '../../learning/index.js';
import { shareFederation, type Federation } from '../../recipe/index.js';
import { ThreadEndedError } from '../../errors/index.js';
import type { Opening, Reply, Request, ThreadData } from './thread.js';
import type { Executor, ThreadTask } from '../index.js';

/** One thread: this one. Before each task it lets signals and timers in. */
function inlineExecutor(federation: Federation, options?: EngineOptions): Executor {
  let engine: Promise<Engine> | undefined;
  const prepared = new Map<unknown, unknown>();
  const memories: WebAssembly.Memory[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function prepare<Task, Result>(work: ThreadTask<Task, Result>): Promise<(task: Task) => Result> {
    engine ??= loadEngine(federation.recipe.engine, { ...options, objective: federation.objective });
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
  readonly engine?: EngineOptions | undefined;
  /** Whether even a single thread is another than this one, which then stays free for input and output. */
  readonly apart?: boolean;
}

const toError = (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause)));

export function createExecutor(federation: Federation, options: ExecutorOptions): Executor {
  return options.threads === 1 && options.apart !== true
    ? inlineExecutor(federation, options.engine)
    : threadPool(federation, options);
}
