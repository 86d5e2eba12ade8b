/** A worker thread: opens the shared federation and performs what it is sent, one task after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { wasmEngine, type WasmEngineOptions } from '../learning/index.js';
import { loadPlugins, openFederation, type SharedFederation } from '../recipe/index.js';
import { createPerformer, type Performer } from './performer.js';

export interface WorkerData {
  readonly shared: SharedFederation;
  readonly plugins: readonly string[];
  readonly engine: WasmEngineOptions;
}

export interface Request {
  readonly kind: keyof Performer;
  readonly task: unknown;
  readonly index: number;
}

export type Reply<Result = unknown> =
  { readonly index: number; readonly result: Result } | { readonly index: number; readonly error: unknown };

/** The buffers of all float vectors in a result: moved to the other thread instead of copied. */
function movable(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) movable(part, found);
  }
  return found;
}

const port = parentPort;
if (port) {
  const { shared, plugins, engine } = workerData as WorkerData;
  await loadPlugins(plugins);
  const performer = createPerformer(openFederation(shared), wasmEngine(engine));
  port.on('message', ({ kind, task, index }: Request) => {
    try {
      const perform = performer[kind] as (task: unknown) => unknown;
      const result = perform(task);
      port.postMessage({ index, result } satisfies Reply, [...movable(result)]);
    } catch (error) {
      port.postMessage({ index, error } satisfies Reply);
    }
  });
}
