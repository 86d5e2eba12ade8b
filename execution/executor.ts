/** Performs tasks on this thread or on a pool of threads. The number of threads never changes a result. */
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
