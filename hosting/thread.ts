/** A worker thread: opens the shared federation and does what it is sent, one task after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine, type WasmEngineOptions } from '../learning/index.js';
import { loadPlugins, openFederation, type SharedFederation } from '../recipe/index.js';
import { buffersIn } from './buffers.js';
import type { Work } from './work.js';

export interface ThreadData {
  readonly index: number;
  readonly shared: SharedFederation;
  readonly plugins: readonly string[];
  readonly engine: WasmEngineOptions;
}

export interface Request {
  /** Which work: the module that exports it, and its name there. */
  readonly module: string;
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
  const engine = await loadEngine(federation.recipe.engine, options);
  const prepared = new Map<string, Promise<(task: unknown) => unknown>>();

  async function prepare(module: string, name: string): Promise<(task: unknown) => unknown> {
    const exported = (await import(module)) as Record<string, Work<unknown, unknown>>;
    return exported[name].prepare(federation, engine, { index, memories });
  }

  async function reply(
    { module, name, task, index, spare }: Request,
    to: NonNullable<typeof port>,
  ): Promise<void> {
    if (spare) engine.recycle?.(spare);
    try {
      const key = `${module}#${name}`;
      const perform = prepared.get(key) ?? prepare(module, name);
      prepared.set(key, perform);
      const result = (await perform)(task);
      to.postMessage({ index, result } satisfies Reply, [...buffersIn(result)]);
    } catch (error) {
      to.postMessage({ index, error } satisfies Reply);
    }
  }

  port.on('message', (message: Request | Opening) => {
    if ('memory' in message) memories.push(message.memory);
    else void reply(message, port);
  });
  // Unheard, it would leave who waits for the reply waiting for ever.
  port.on('messageerror', (error) => {
    throw error;
  });
}
