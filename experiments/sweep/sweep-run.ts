/** A run of a sweep, with what its result depends on. */
import type { Dependencies } from '../../recipe/index.js';
import type { ExpandedRun } from './expand.js';

export interface SweepRun extends ExpandedRun {
  /** The first digits of the result's key; names the run's directory. */
  readonly id: string;
  readonly dependencies: Dependencies;
}
