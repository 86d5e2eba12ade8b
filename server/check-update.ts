/** What an update must be before it counts. */
import type { HostedAnswer } from '../algorithms/index.js';
import { isStatistic, parameterRanges, STATISTICS, type Manifest } from '../learning/index.js';
import { largestSize } from '../numerics/index.js';
import { decodeVector, type MessageOf, type RefusalReason, type Tensor } from '../protocol/index.js';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly sentence: string;
}

export interface Expected {
  /** The lengths of the vectors, by name, where they can be told. */
  readonly lengths: Readonly<Record<string, number>> | undefined;
  /** No vector is longer, where their lengths cannot be told. */
  readonly longest: number;
  /** Of the vector of this name. */
  readonly encodingOf: (name: string) => string;
  readonly samples: number;
  /** Of all vectors together, without running statistics. */
  readonly normBound: number | undefined;
  readonly manifest: Manifest;
}

/** The answer that an update holds, or why it cannot count. */
export function checkUpdate(update: MessageOf<'update'>, expected: Expected): HostedAnswer | Refusal {
  const { tensors, samples, steps, scalars, header } = update;
  const named = new Map<string, Tensor>();
  for (const [name, place] of Object.entries(update.vectors)) {
    const tensor = tensors.get(place);
    if (tensor === undefined) return { reason: 'shape', sentence: `the update lacks its tensor '${place}'` };
    const encoding = expected.encodingOf(name);
    if (tensor.encoding !== encoding) {
      const sentence = `'${name}' comes as ${tensor.encoding}; by the recipe's codec it is ${encoding}`;
      return { reason: 'encoding', sentence };
    }
    named.set(name, tensor);
  }
  const shape = shapeRefusal(named, expected);
  if (shape !== undefined) return { reason: 'shape', sentence: shape };
  if (samples !== expected.samples) {
    return {
      reason: 'samples',
      sentence: `the update says that it stands for ${samples} examples; the client has ${expected.samples}`,
    };
  }
  const { loss, ...others } = scalars;
  if (!Object.hasOwn(scalars, 'loss') || !Object.values(scalars).every(Number.isFinite)) {
    return { reason: 'notFinite', sentence: 'a scalar of the update is not finite, or its loss is missing' };
  }
  const decoded = Array.from(named, ([name, tensor]) => [name, decodeVector(tensor, tensor.length)] as const);
  const vectors = Object.fromEntries(decoded);
  const refusal = valueRefusal(vectors, expected);
  return refusal ?? { header, samples, steps, scalars: { ...others, loss }, vectors };
}

function shapeRefusal(
  named: ReadonlyMap<string, Tensor>,
  { lengths, longest }: Expected,
): string | undefined {
  const came = Object.fromEntries(Array.from(named, ([name, { length }]) => [name, length]));
  if (lengths === undefined) {
    const tooLong = Object.keys(came).find((name) => came[name] > longest);
    return tooLong === undefined ? undefined : `'${tooLong}' of ${came[tooLong]} numbers is too long`;
  }
  const isRight =
    named.size === Object.keys(lengths).length &&
    Object.keys(came).every((name) => Object.hasOwn(lengths, name) && came[name] === lengths[name]);
  return isRight ? undefined : `the update has ${describe(came)}; it must have ${describe(lengths)}`;
}

function valueRefusal(
  vectors: Readonly<Record<string, Float32Array>>,
  { samples, normBound, manifest, encodingOf }: Expected,
): Refusal | undefined {
  const sizes = Object.entries(vectors).map(([name, vector]) => [name, largestSize(vector)] as const);
  const bad = sizes.find(([, size]) => !Number.isFinite(size));
  if (bad) {
    const [name] = bad;
    const sentence = `'${name}' of the update holds numbers that are not finite${CARRIES[encodingOf(name)] ?? ''}`;
    return { reason: 'notFinite', sentence };
  }
  const largest = sizes.reduce((most, [, size]) => Math.max(most, size), 0);
  if (largest * Math.max(samples, 1) >= SUMMABLE) {
    const sentence = `an entry of size ${largest.toPrecision(3)} is too large to be summed`;
    return { reason: 'norm', sentence };
  }
  const variance = Object.hasOwn(vectors, STATISTICS) && leastVariance(manifest, vectors[STATISTICS]);
  if (variance !== false && variance < 0) {
    return { reason: 'norm', sentence: `a running variance of ${variance.toPrecision(3)} is below zero` };
  }
  if (normBound === undefined) return undefined;
  const stepped = Object.entries(vectors).filter(([name]) => name !== STATISTICS);
  const norm = Math.sqrt(stepped.reduce((sum, [, vector]) => sum + squaredNorm(vector, manifest), 0));
  if (norm <= normBound) return undefined;
  const sentence = `the update's norm is ${norm.toPrecision(4)}; network.normBound is ${normBound}`;
  return { reason: 'norm', sentence };
}

/** What a worker that is not ours may have made of larger numbers. */
const CARRIES: Readonly<Partial<Record<string, string>>> = {
  float16: "; network.codec 'float16' carries none above 65504",
};

/** Terms of exact sums are below 2³¹. */
const SUMMABLE = 2 ** 31;

const describe = (lengths: Readonly<Record<string, number>>) =>
  Object.entries(lengths)
    .map(([name, length]) => `'${name}' of ${length} numbers`)
    .join(' and ') || 'no vectors';

/** Of a vector like the weights, without their running statistics. */
function squaredNorm(vector: Float32Array, manifest: Manifest): number {
  const ranges =
    vector.length === manifest.length ? parameterRanges(manifest) : [{ start: 0, end: vector.length }];
  let square = 0;
  for (const { start, end } of ranges) {
    for (let i = start; i < end; i++) square += vector[i] * vector[i];
  }
  return square;
}

/** The least of the variances among running statistics alone. */
function leastVariance({ tensors }: Manifest, statistics: Float32Array): number {
  let [at, least] = [0, Infinity];
  for (const { role, size } of tensors.filter(isStatistic)) {
    if (role === 'norm.var') for (let i = at; i < at + size; i++) least = Math.min(least, statistics[i]);
    at += size;
  }
  return least;
}
