/** What a sweep tells while it goes on: the display, `--json` and programs read it. */
import type { RunRecord } from '../../records/index.js';
import type { SweepRun } from './sweep-run.js';

export type SweepEvent =
  /** Before anything starts, runs are looked at, one after another. */
  | { readonly type: 'checked'; readonly runs: number; readonly of: number }
  | {
      readonly type: 'sweep';
      readonly directory: string;
      /** Different recipes: of all, of those finished before, of those that are to be run here. */
      readonly runs: number;
      readonly finished: number;
      readonly missing: number;
      /** Left out where workers on other machines do the runs. */
      readonly cores?: number;
      /** Which series leave out which fields, since they do not read them; a sentence each. */
      readonly unread?: readonly string[];
    }
  /** First of all of round 0, when the run begins. */
  | {
      readonly type: 'progress';
      readonly run: SweepRun;
      readonly threads: number;
      readonly round: number;
      readonly rounds: number;
      readonly accuracy?: number;
    }
  | { readonly type: 'finished'; readonly run: SweepRun; readonly record: RunRecord }
  /** It will be tried again, if it has not been tried twice. */
  | {
      readonly type: 'failed';
      readonly run: SweepRun;
      readonly message: string;
      readonly retried: boolean;
      /** Whether its training diverged: then it is not tried again. */
      readonly diverged: boolean;
    }
  /** Another process works on it; it is looked at again later. */
  | { readonly type: 'held'; readonly run: SweepRun };

/** A run that has failed for good. */
export interface Failure {
  readonly run: SweepRun;
  readonly message: string;
  readonly diverged: boolean;
  /** The recipe, which shows the failure again. */
  readonly file: string;
}
