/** What a finished run is measured by, one number each. */
import type { AnalysedRun } from './run.js';

export interface Metric {
  /** In files that programs read. */
  readonly key: string;
  readonly label: string;
  readonly unit: 'share' | 'plain' | 'bytes' | 'count';
  /** Which of two is better; left out where that cannot be said. */
  readonly better?: 'more' | 'less';
  /** NaN where the run has none. */
  readonly of: (run: AnalysedRun) => number;
}

/** A run that diverged has no result. */
const atTheEnd =
  (of: Metric['of']): Metric['of'] =>
  (run) =>
    run.diverged === true ? NaN : of(run);

/**
 * On the test set; a run that was only evaluated on a validation part has none. In gossip the mean over the nodes' own
 * models.
 */
export const accuracy: Metric = {
  key: 'accuracy',
  label: 'Accuracy',
  unit: 'share',
  better: 'more',
  of: atTheEnd(({ record, curve }) => (curve.length > 0 ? record.accuracy : NaN)),
};

const last = ({ progress }: AnalysedRun) => progress.populations.at(-1);

/** Of the mean of all nodes' models, which no node has: it can be better than all of them, or worse where they are far apart. */
export const averageModelAccuracy: Metric = {
  key: 'average_model_accuracy',
  label: 'Average model accuracy',
  unit: 'share',
  better: 'more',
  of: atTheEnd(({ record, curve }) => (curve.length > 0 ? (record.averageModel?.accuracy ?? NaN) : NaN)),
};

/** Those that are tabled, where any run has them. */
export const metrics: readonly Metric[] = [
  accuracy,
  {
    key: 'loss',
    label: 'Loss',
    unit: 'plain',
    better: 'less',
    of: atTheEnd(({ record, curve }) => (curve.length > 0 ? (record.loss ?? NaN) : NaN)),
  },
  averageModelAccuracy,
  {
    key: 'worst_node',
    label: 'Worst node',
    unit: 'share',
    better: 'more',
    of: atTheEnd((run) => last(run)?.nodes?.worst ?? NaN),
  },
  {
    key: 'consensus_distance',
    label: 'Consensus distance',
    unit: 'plain',
    of: atTheEnd((run) => last(run)?.consensusDistance ?? NaN),
  },
  {
    key: 'client_accuracy',
    label: 'Client accuracy',
    unit: 'share',
    better: 'more',
    of: atTheEnd(({ progress }) => progress.clients.at(-1)?.mean ?? NaN),
  },
  {
    key: 'worst_tenth',
    label: 'Worst tenth of clients',
    unit: 'share',
    better: 'more',
    of: atTheEnd(({ progress }) => progress.clients.at(-1)?.worstTenth ?? NaN),
  },
  { key: 'rounds', label: 'Rounds', unit: 'count', of: atTheEnd(({ record }) => record.rounds) },
  {
    key: 'bytes',
    label: 'Bytes moved',
    unit: 'bytes',
    of: atTheEnd(({ progress, record }) => progress.bytesBy(record.rounds) ?? NaN),
  },
];
