/** Rules on task vectors: the differences τₖ = θₖ − θ₀ of models from what they started from. */
import { parameterRanges, rangesOf, type Manifest } from '../learning/index.js';
import { portion } from '../numerics/index.js';
import { allModels, mergedOf } from './all-models.js';
import { kthLargest } from './kth-largest.js';
import type { Contribution, Merged, MergeInput } from './merge-rule.js';

/** @throws Error where there is no base */
export function baseOf({ base }: MergeInput, rule: string): Float32Array {
  if (base !== undefined) return base;
  throw new Error(
    `${rule} merges differences from a base, such as the model that was sent out: it was given none`,
  );
}

/**
 * θ₀ + scale · reduce(τ₁, τ₂, …) at every coordinate; running statistics, whose differences must not be scaled, become the
 * models' mean. Differences and what is made of them are float64; the result is rounded to float32 once.
 * @param reduce gets the differences at one coordinate in an array that is its own to change
 */
export function mergeDifferences(
  input: MergeInput,
  base: Float32Array,
  manifest: Manifest,
  scale: number,
  reduce: (differences: Float64Array, coordinate: number) => number,
): Merged {
  const models = allModels(input);
  const vectors = models.map(({ weights }) => weights);
  const into = input.into ?? new Float32Array(base.length);
  const differences = new Float64Array(vectors.length);
  for (const { start, end, isStatistic } of rangesOf(manifest)) {
    for (let i = start; i < end; i++) {
      const [origin, factor] = isStatistic ? [0, 1] : [base[i], scale];
      for (let k = 0; k < vectors.length; k++) differences[k] = vectors[k][i] - origin;
      into[i] = origin + factor * (isStatistic ? meanOfAll(differences) : reduce(differences, i));
    }
  }
  return mergedOf(models, into, { counts: {}, figures: {} });
}

/**
 * The size of each model's difference that the `density` share of its coordinates reaches, running statistics left out; of
 * a model that nowhere differs more, 0.
 */
export function thresholds(
  models: readonly Contribution[],
  base: Float32Array,
  manifest: Manifest,
  density: number,
): Float64Array {
  const ranges = parameterRanges(manifest);
  const sizes = new Float64Array(ranges.reduce((length, { start, end }) => length + end - start, 0));
  if (sizes.length === 0) return new Float64Array(models.length);
  const kept = Math.max(1, Math.round(portion(density, sizes.length)));
  return Float64Array.from(models, ({ weights }) => {
    let at = 0;
    for (const { start, end } of ranges) {
      for (let i = start; i < end; i++) {
        const size = Math.abs(weights[i] - base[i]);
        sizes[at++] = Number.isNaN(size) ? Infinity : size;
      }
    }
    return kthLargest(sizes, kept);
  });
}

/** The mean of the non-zero differences that have the sign of the sum; 0 where the sum is 0 (TIES). */
export function meanOfElected(differences: Float64Array): number {
  let sum = 0;
  for (const difference of differences) sum += difference;
  let agreeing = 0;
  let count = 0;
  for (const difference of differences) {
    if (difference * sum <= 0) continue;
    agreeing += difference;
    count += 1;
  }
  return count === 0 ? 0 : agreeing / count;
}

export function meanOfAll(differences: Float64Array): number {
  let sum = 0;
  for (const difference of differences) sum += difference;
  return sum / differences.length;
}
