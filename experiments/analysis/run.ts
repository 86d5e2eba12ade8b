/** A finished run as the analysis sees it. */
import type { Json } from '../../numerics/index.js';
import type { RunRecord } from '../../records/index.js';
import type { Curve } from './curve.js';
import type { Progress } from './progress.js';

/** By axis; an axis that does not concern the run is left out. */
export type Settings = Readonly<Record<string, Json>>;

export interface AnalysedRun {
  readonly directory: string;
  readonly settings: Settings;
  readonly seed: number;
  /** Its training diverged: it has a curve up to there, and no result. */
  readonly diverged?: boolean;
  /** Measured skew, graph and the result's key are not known of a run that diverged. */
  readonly record: Pick<
    RunRecord,
    'accuracy' | 'loss' | 'averageModel' | 'rounds' | 'topology' | 'labelCounts'
  > &
    Partial<Pick<RunRecord, 'skew' | 'resultKey'>>;
  readonly progress: Progress;
  /** On the test set. */
  readonly curve: Curve;
}
