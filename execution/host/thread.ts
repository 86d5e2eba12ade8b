/** A worker thread: opens the shared federation and does what it is sent, one task after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine, type EngineOptions } from '../../learning/host/index.js';
import { loadPlugins, openFederation, type SharedFederation } from '../../recipe/index.js';
import { buffersIn } from '../index.js';
import { threadTasks } from './thread-tasks.js';

export interface ThreadData {
  readonly index: number;
  readonly shared: SharedFederation;
  readonly plugins: readonly string[];
  readonly engine: EngineOptions;
}

export interface Request {
  /** Which of the works. */
  readonly name: string;
  readonly task: unknown;
  readonly index: number;
  /** Memory for the engine to make a result of. */
  readonly spare?: ArrayBuffer | undefined;
}

/** A memory that the thread is to share from now on. */
export interface Opening {
  readonly memory: WebAssembly.Memory;
}

export type Reply<Result = unknown> =
  { readonly index: number; readonly result: Result } | { readonly index: number; readonly error: unknown };

const port = parentPort;
if (port) {
  const { index, shared, plugins, engine: options } = workerData as ThreadData;
  const memories: WebAssembly.Memory[] = [];
  await loadPlugins(plugins);
  const federation = openFederation(shared);
  const engine = await loadEngine(federation.recipe.engine, {
    ...options,
    objective: federation.objective,
  });
  const prepared = new Map<string, (task: never) => unknown>();

  function prepare(name: string): (task: never) => unknown {
    const work = threadTasks.find((known) => known.name === name);
    if (work === undefined) throw new TypeError(`no thread knows the work '${name}': it is not in works.ts`);
    return work.prepare(federation, engine, { index, memories });
  }

  function reply({ name, task, index, spare }: Request, to: NonNullable<typeof port>): void {
    if (spare) engine.recycle?.(spare);
    try {
      const perform = prepared.get(name) ?? prepare(name);
      prepared.set(name, perform);
      const result = perform(task as never);
      to.postMessage({ index, result } satisfies Reply, [...buffersIn(result)]);
    } catch (error) {
      to.postMessage({ index, error } satisfies Reply);
    }
  }

  port.on('message', (message: Request | Opening) => {
    if ('memory' in message) memories.push(message.memory);
    else reply(message, port);
  });
  // Unheard, it would leave who waits for the reply waiting for ever.
  port.on('messageerror', (error) => {
    throw error;
  });
}
