/** What threads can be given to do; `works` lists every kind, so that a thread knows them by their names. */
import type { Engine } from '../learning/index.js';
import type { Federation } from '../recipe/index.js';

/** The thread that does it. */
export interface Thread {
  /** Counts the threads of a run. */
  readonly index: number;
  /** The memories that the run opened in all threads so far. */
  readonly memories: readonly WebAssembly.Memory[];
}

export interface ThreadTask<Task, Result> {
  readonly name: string;
  /** Makes the function that does it, a pure function of its task; called once in a thread. */
  readonly prepare: (federation: Federation, engine: Engine, thread: Thread) => (task: Task) => Result;
}
