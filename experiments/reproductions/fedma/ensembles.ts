/** Networks by themselves, and as ensembles: the lower and the upper reference for one network made of many. */
import { mean } from '../../../numerics/index.js';

export interface EnsembleAccuracies {
  /** Mean over the networks by themselves. */
  readonly local: number;
  /** By the sum of the logits, of the softmax outputs, and of logits weighted by each network's share of a class. */
  readonly logits: number;
  readonly softmax: number;
  readonly classWeighted: number;
}

/**
 * @param logits of each network, row-major [examples, classes]
 * @param shares of each network its share of the examples of each class
 */
export function ensembles(
  logits: readonly Float32Array[],
  shares: readonly ArrayLike<number>[],
  label: (example: number) => number,
): EnsembleAccuracies {
  const classes = shares[0].length;
  const examples = logits[0].length / classes;
  const hits = { local: 0, logits: 0, softmax: 0, classWeighted: 0 };
  for (let example = 0; example < examples; example++) {
    const rows = logits.map((all) => all.subarray(example * classes, (example + 1) * classes));
    const truth = label(example);
    hits.local += mean(rows.map((row) => (greatest(row) === truth ? 1 : 0)));
    const votes = {
      logits: total(rows),
      softmax: total(rows.map(softmax)),
      classWeighted: total(rows.map((row, j) => row.map((logit, k) => logit * shares[j][k]))),
    };
    for (const name of ['logits', 'softmax', 'classWeighted'] as const) {
      if (greatest(votes[name]) === truth) hits[name]++;
    }
  }
  return {
    local: hits.local / examples,
    logits: hits.logits / examples,
    softmax: hits.softmax / examples,
    classWeighted: hits.classWeighted / examples,
  };
}

function softmax(row: Float32Array): Float32Array {
  const most = Math.max(...row);
  const powers = row.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const total = (rows: readonly Float32Array[]): Float64Array =>
  Float64Array.from(rows[0], (_, k) => rows.reduce((sum, row) => sum + row[k], 0));

function greatest(values: Float32Array | Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}
