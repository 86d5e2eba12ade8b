/**
 * Variance correction: averaging models that do not agree shrinks the variance of their weights; each tensor of the
 * mean is stretched about its own mean until its variance is what it should be (Tian et al., arXiv 2404.04616).
 */
import { view, type Tensor } from '../learning/index.js';
import { blend, rescale, type Blend } from './blend.js';
import type { MergeContext } from './merge-rule.js';
import { Moments, momentsOf } from './moments.js';
import type { Refinement } from './weighted-mean.js';
import { workbenchFor } from './workbench.js';

/** The variance that the mean is brought to. */
export type VarianceTarget = 'others' | 'blend' | 'self' | 'initial';

/** Factors outside these bounds are replaced by the bound, and counted. */
const SMALLEST_FACTOR = 0.1;
const LARGEST_FACTOR = 10;

/**
 * A mean of less variance is left as it is: nothing but rounding could be stretched. So it is where the goal is less: a
 * tensor that began as a constant, as biases do, has no variance to keep, and would be shrunk in each merge.
 */
const VANISHED = 1e-20;

/** Which tensors are corrected: at most all but batch norm's statistics, and none of a single number. */
const corrected = (which: 'weights' | 'all', { role, size }: Tensor): boolean =>
  size > 1 &&
  (which === 'all'
    ? role !== 'norm.mean' && role !== 'norm.var'
    : role === 'weight' || role === 'embedding' || role === 'recurrent');

/**
 * y′ = (y − mean(y)) · √(σ² / Var(y)) + mean(y) for each tensor of the mean y, with population variances in float64;
 * y′ is computed as y · factor + mean(y) · (1 − factor) in float32. All variances are those before the merge.
 */
export function varianceCorrection(
  { manifest, initialVariance }: MergeContext,
  target: VarianceTarget,
  which: 'weights' | 'all',
): Refinement {
  const { tensors } = manifest;
  return {
    changesOwn: target === 'others' || target === 'initial',
    variances: (weights) =>
      tensors.map((tensor) => (corrected(which, tensor) ? momentsOf(view(weights, tensor)).variance : 0)),

    write(mean, into, variances) {
      if (target === 'self' && mean.own === undefined) {
        throw new Error("variance target 'self' keeps the own model's variance, and there is no own model");
      }
      const share = mean.own?.share ?? 0;
      const figures: Record<string, number> = {};
      let clamped = 0;
      tensors.forEach((tensor, index) => {
        const { offset, size } = tensor;
        if (!corrected(which, tensor)) {
          blend(workbenchFor(into), mean, into, offset, offset + size);
          return;
        }
        const measured = writeAndMeasure(mean, into, tensor, {
          others: variances === undefined && (target === 'others' || target === 'blend'),
          own: target === 'self' || target === 'blend',
        });
        const others = variances?.[index] ?? measured.others;
        const goal = {
          others,
          blend: share * measured.own + (1 - share) * others,
          self: measured.own,
          initial: initialVariance[index],
        }[target];
        const { factor, isClamped } = correctionFactor(goal, measured.variance);
        if (factor !== 1) {
          const shift = measured.mean * (1 - factor);
          rescale(workbenchFor(into), into, offset, offset + size, factor, shift);
        }
        if (isClamped) clamped += 1;
        figures[`factor/${tensor.name}`] = factor;
      });
      return { counts: { clamped }, figures };
    },
  };
}

function correctionFactor(goal: number, variance: number): { factor: number; isClamped: boolean } {
  if (variance < VANISHED || goal < VANISHED) return { factor: 1, isClamped: false };
  const exact = Math.sqrt(goal / variance);
  const factor = Math.min(Math.max(exact, SMALLEST_FACTOR), LARGEST_FACTOR);
  return { factor, isClamped: factor !== exact };
}

/** Writes one tensor of the mean; returns its mean and variance, and on demand the variances of what went in. */
function writeAndMeasure(
  mean: Blend,
  into: Float32Array,
  { offset, size }: Tensor,
  wanted: { readonly others: boolean; readonly own: boolean },
): { mean: number; variance: number; own: number; others: number } {
  const bench = workbenchFor(into);
  const result = new Moments(bench);
  const own = wanted.own && mean.own ? new Moments(bench) : undefined;
  const terms = wanted.others ? mean.terms.map(() => new Moments(bench)) : [];
  blend(bench, mean, into, offset, offset + size, { terms, own, result });
  let weighted = 0;
  let total = 0;
  terms.forEach(({ variance }, index) => {
    weighted += mean.terms[index].coefficient * variance;
    total += mean.terms[index].coefficient;
  });
  return {
    mean: result.mean,
    variance: result.variance,
    own: own?.variance ?? 0,
    others: weighted / total,
  };
}
