/** What an update must be before it counts: a bad one costs its sender, and nobody else. */
import type { HostedUpdate } from '../algorithms/index.js';
import { isStatistic, parameterRanges, STATISTICS, type Manifest } from '../learning/index.js';
import { largestSize } from '../numerics/index.js';
import {
  decodeVector,
  ProtocolError,
  type Codec,
  type MessageOf,
  type RefusalReason,
  type Tensor,
} from '../protocol/index.js';

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
  readonly codecOf: (name: string) => Codec;
  readonly samples: number;
  /** Of all vectors together, without running statistics. */
  readonly normBound: number | undefined;
  readonly manifest: Manifest;
  /** What the algorithm does not take, in a sentence. */
  readonly refuse: (answer: HostedUpdate) => string | undefined;
  /** By which the answer's values are multiplied before they are summed. */
  readonly weigh: (answer: HostedUpdate) => number;
  /** The most updates that are summed. */
  readonly terms: number;
}

/** The answer that an update holds, or why it cannot count. */
export function checkUpdate(update: MessageOf<'update'>, expected: Expected): HostedUpdate | Refusal {
  const { samples, steps, header } = update;
  const named = namedTensors(update, expected);
  if ('reason' in named) return named;
  const shape = shapeRefusal(named.tensors, expected);
  if (shape !== undefined) return { reason: 'shape', sentence: shape };
  if (samples !== expected.samples) {
    return {
      reason: 'samples',
      sentence: `the update says that it stands for ${samples} examples; the client has ${expected.samples}`,
    };
  }
  const scalars = checkedScalars(update.scalars);
  if ('reason' in scalars) return scalars;
  const vectors = decoded(named.tensors);
  if ('reason' in vectors) return vectors;
  const answer = { header, samples, steps, scalars: scalars.scalars, vectors: vectors.vectors };
  const notFinite = notFiniteRefusal(answer, expected);
  if (notFinite) return notFinite;
  const other = expected.refuse(answer);
  if (other !== undefined) return { reason: 'shape', sentence: other };
  return boundRefusal(answer, expected) ?? answer;
}

/** The tensors by the names of the vectors that they are, each as the recipe's codec makes them. */
function namedTensors(
  { tensors, vectors }: MessageOf<'update'>,
  { codecOf }: Expected,
): { readonly tensors: ReadonlyMap<string, Tensor> } | Refusal {
  const named = new Map<string, Tensor>();
  for (const [name, place] of Object.entries(vectors)) {
    const tensor = tensors.get(place);
    if (tensor === undefined) return { reason: 'shape', sentence: `the update lacks its tensor '${place}'` };
    const { encoding, length, bytes } = tensor;
    const codec = codecOf(name);
    if (encoding !== codec.encoding) {
      const sentence = `'${name}' comes as ${encoding}; by the recipe's codec it is ${codec.encoding}`;
      return { reason: 'encoding', sentence };
    }
    if (bytes.length !== codec.bytes(length)) {
      const sentence = `'${name}' of ${length} values comes in ${bytes.length} bytes; the recipe's codec makes ${codec.bytes(length)}`;
      return { reason: 'encoding', sentence };
    }
    named.set(name, tensor);
  }
  const places = new Set(Object.values(vectors));
  const unnamed = [...tensors.keys()].find((place) => !places.has(place));
  if (unnamed === undefined) return { tensors: named };
  return { reason: 'shape', sentence: `the update has a tensor '${unnamed}' that is none of its vectors` };
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

const describe = (lengths: Readonly<Record<string, number>>) =>
  Object.entries(lengths)
    .map(([name, length]) => `'${name}' of ${length} numbers`)
    .join(' and ') || 'no vectors';

/** No number that training reports is beyond float32's range. */
const LARGEST_SCALAR = 2 ** 128;

function checkedScalars(
  scalars: MessageOf<'update'>['scalars'],
): { readonly scalars: HostedUpdate['scalars'] } | Refusal {
  const { loss, ...others } = scalars;
  if (!Object.hasOwn(scalars, 'loss')) return { reason: 'shape', sentence: 'scalars.loss is missing' };
  const large = Object.entries(scalars).find(([, value]) => !(Math.abs(value) < LARGEST_SCALAR));
  if (large === undefined) return { scalars: { ...others, loss } };
  const [name, value] = large;
  return { reason: 'norm', sentence: `scalars.${name} is ${value}; its size must be below 2^128` };
}

function decoded(
  named: ReadonlyMap<string, Tensor>,
): { readonly vectors: HostedUpdate['vectors'] } | Refusal {
  const vectors: Record<string, Float32Array> = {};
  for (const [name, tensor] of named) {
    try {
      vectors[name] = decodeVector(tensor, tensor.length);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { reason: 'encoding', sentence: `'${name}': ${error.message}` };
    }
  }
  return { vectors };
}

function notFiniteRefusal({ vectors }: HostedUpdate, { codecOf }: Expected): Refusal | undefined {
  for (const [name, vector] of Object.entries(vectors)) {
    if (Number.isFinite(largestSize(vector))) continue;
    const sentence = `'${name}' holds NaN or infinite values: training diverged at this client, or its worker does not send what it computed${CARRIES[codecOf(name).encoding] ?? ''}`;
    return { reason: 'notFinite', sentence };
  }
  return undefined;
}

/** What a worker that is not ours may have made of larger numbers. */
const CARRIES: Readonly<Partial<Record<string, string>>> = {
  float16: "; network.codec 'float16' carries none above 65504",
};

/** Exact sums hold less than 2³¹; a little below, since terms are rounded. */
const SUM_LIMIT = 2 ** 31 * (1 - 2 ** -20);

/** Why an answer of finite numbers is out of bounds: a sum with it could overflow, or the recipe bounds it. */
function boundRefusal(answer: HostedUpdate, expected: Expected): Refusal | undefined {
  const { vectors } = answer;
  const { normBound, manifest, terms } = expected;
  const weight = expected.weigh(answer);
  const bound = SUM_LIMIT / (weight * terms);
  for (const [name, vector] of Object.entries(vectors)) {
    const size = largestSize(vector);
    if (size < bound) continue;
    const sentence = `'${name}' holds a value of size ${size.toPrecision(3)}; with a weight of ${Number(weight.toPrecision(6))} and up to ${terms} updates in a round it must be below ${bound.toPrecision(3)}, so that no sum overflows`;
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
