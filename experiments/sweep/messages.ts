/** What a sweep and the process of one of its runs say to each other. */
import type { Dependencies, Recipe } from '../../recipe/index.js';
import type { RunRecord } from '../../records/index.js';

/** What a run's process has to do. */
export interface RunTask {
  readonly recipe: Recipe;
  readonly dependencies: Dependencies;
  readonly directory: string;
  readonly threads: number;
  readonly plugins: readonly string[];
  /** The entry of the sweep's lock: the run ends if the lock is lost. */
  readonly lock: string;
}

export type ToRun =
  | ({ readonly type: 'run' } & RunTask)
  /** There is memory for the run. */
  | { readonly type: 'go' }
  /** Write a checkpoint and end. */
  | { readonly type: 'stop' };

export type FromRun =
  /** The data are there; the run takes about so much memory. It waits for `go`. */
  | { readonly type: 'ready'; readonly memoryMiB: number }
  | { readonly type: 'progress'; readonly round: number; readonly accuracy?: number }
  | { readonly type: 'finished'; readonly record: RunRecord }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'stopped' }
  /** Somebody else has taken the run over. */
  | { readonly type: 'lost' };
