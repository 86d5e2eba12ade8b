/** Rules whose result is a weighted mean: which coefficient each model has is theirs, the rest is here. */
import { blend, type Blend, type Term } from './blend.js';
import {
  noReport,
  type Contribution,
  type Merged,
  type MergeReport,
  type MergeSetting,
  type RunningSum,
} from './merge-rule.js';
import type { WholeRule } from './whole-rule.js';
import { workbenchFor } from './workbench.js';

/** What a weighted mean's weights are. While every coefficient is 0, all models count equally. */
export interface Weighting {
  /** A non-negative number; rounded to float32 before use. */
  coefficient(model: Contribution): number;
  /** The own model's share β, or 'proportional': its coefficient among all. */
  readonly share: number | 'proportional';
}

/** What is done with the mean besides computing it: nothing, or variance correction. */
export interface Refinement {
  /** Writes the blend to `into`. `variances` are the running sum's, divided; a batch has to measure its terms. */
  write(mean: Blend, into: Float32Array, variances?: Float64Array): MergeReport;
  /** The variances of one model's tensors, for a running sum. */
  variances(weights: Float32Array): ArrayLike<number>;
  /** Whether an own model that is the whole mean (β = 1) does not stay as it is. */
  readonly changesOwn: boolean;
}

const plain: Refinement = {
  write(mean, into) {
    blend(workbenchFor(into), mean, into, 0, into.length);
    return noReport;
  },
  variances: () => [],
  changesOwn: false,
};

/**
 * The rule y = β · own + (1 − β) · Σ cᵢ · uᵢ / Σ cᵢ. The sum runs over the received models in their order, then the
 * own model's share is added; every product and sum is rounded to float32, Σ cᵢ is in float64.
 */
export function weightedMean(length: number, weighting: Weighting, refine: Refinement = plain): WholeRule {
  const finish = (
    setting: MergeSetting,
    sum: { total: number; count: number; age?: number },
    terms: readonly Term[],
    variances?: Float64Array,
  ): Merged => {
    const { own } = setting;
    const into = setting.into ?? new Float32Array(length);
    const share = own === undefined ? 0 : ownShare(weighting, own, setting.share, sum);
    const age = largest(sum.age, own?.age);
    const result = (report: MergeReport): Merged => ({
      weights: into,
      report,
      ...(age === undefined ? {} : { age }),
    });
    if (own !== undefined && share === 1) {
      if (!refine.changesOwn) {
        if (into !== own.weights) into.set(own.weights);
        return result(noReport);
      }
      // Of the received models their variances count and nothing else.
      const sums = variances ?? varianceSums(terms, refine);
      const mean = { terms: [{ values: own.weights, coefficient: 1 }], scale: 1 };
      return result(refine.write(mean, into, divided(sums, sum)));
    }
    const scale = (1 - share) / divisor(sum);
    const mean = { terms, scale, own: own && { values: own.weights, share } };
    return result(refine.write(mean, into, variances && divided(variances, sum)));
  };

  return {
    merge({ received, ...setting }) {
      const coefficients = received.map((model) => coefficientOf(weighting, model));
      const total = coefficients.reduce((sum, coefficient) => sum + coefficient, 0);
      const terms = received.map((model, index) => ({
        values: model.weights,
        coefficient: total === 0 ? 1 : coefficients[index],
      }));
      const age = received.map((model) => model.age).reduce(largest, undefined);
      const sum = { total, count: received.length, ...(age === undefined ? {} : { age }) };
      return finish(
        setting,
        sum,
        terms.filter(({ coefficient }) => coefficient > 0),
      );
    },
    fold: {
      add: (sum, model) => {
        addModel(sum, model, coefficientOf(weighting, model), refine);
      },
      finish: (sum, setting) => finish(setting, sum, [{ values: sum.values, coefficient: 1 }], sum.variances),
    },
  };
}

/** What the coefficients are divided by: their sum, or the count where all of them are 0. */
const divisor = ({ total, count }: { total: number; count: number }) => (total > 0 ? total : count);

const divided = (sums: Float64Array, sum: { total: number; count: number }) =>
  sums.map((variance) => variance / divisor(sum));

/** Σ coefficient · variance of each tensor. */
function varianceSums(terms: readonly Term[], refine: Refinement): Float64Array {
  const [first, ...rest] = terms.map(({ values, coefficient }) =>
    Float64Array.from(refine.variances(values), (variance) => coefficient * variance),
  );
  return rest.reduce((sums, own) => sums.map((sum, i) => sum + own[i]), first);
}

function coefficientOf(weighting: Weighting, model: Contribution): number {
  const coefficient = Math.fround(weighting.coefficient(model));
  if (coefficient >= 0 && coefficient < Infinity) return coefficient;
  throw new RangeError(
    `a model's weight in a merge must be a finite number from 0 on, not ${weighting.coefficient(model)}`,
  );
}

function ownShare(
  weighting: Weighting,
  own: Contribution,
  given: number | undefined,
  { total, count }: { total: number; count: number },
): number {
  const share = given ?? weighting.share;
  if (share === 'proportional') {
    const coefficient = coefficientOf(weighting, own);
    return total + coefficient === 0 ? 1 / (count + 1) : coefficient / (total + coefficient);
  }
  if (share >= 0 && share <= 1) return share;
  throw new RangeError(`the own model's share of a merge must be from 0 to 1, not ${share}`);
}

/** Adds a model to the sum. Models of coefficient 0 count, with 1, only as long as no other has come. */
function addModel(sum: RunningSum, model: Contribution, coefficient: number, refine: Refinement): void {
  const first = sum.count === 0 || (sum.total === 0 && coefficient > 0);
  sum.count += 1;
  const age = largest(sum.age, model.age);
  if (age !== undefined) sum.age = age;
  if (coefficient === 0 && sum.total > 0) return;
  const factor = coefficient === 0 ? 1 : coefficient;
  const { values, variances } = sum;
  const mean: Blend = {
    terms: [{ values: model.weights, coefficient: 1 }],
    scale: factor,
    own: first ? undefined : { values, share: 1 },
  };
  blend(workbenchFor(values), mean, values, 0, values.length);
  const measured = refine.variances(model.weights);
  for (let i = 0; i < measured.length; i++) {
    variances[i] = (first ? 0 : variances[i]) + factor * measured[i];
  }
  sum.total += coefficient;
}

const largest = (a: number | undefined, b: number | undefined) =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);
