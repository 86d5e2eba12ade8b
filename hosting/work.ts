/** What threads can be given to do. A kind of work is exported by a module, so that any thread can load it. */
import type { Engine } from '../learning/index.js';
import type { Federation } from '../recipe/index.js';

export interface Work<Task, Result> {
  /** The URL of the module that exports this, and under which name. */
  readonly module: string;
  readonly name: string;
  /** Makes the function that does it, a pure function of its task; called once in a thread. */
  readonly prepare: (federation: Federation, engine: Engine) => (task: Task) => Result;
}
