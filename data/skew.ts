/**
 * Measures the skew of clients' data. A partition's parameter does not describe it: the skew at a given alpha depends on the
 * numbers of clients and classes.
 */
import { gini, mean, range, sampleWithoutReplacement, drawInteger, stream } from '../numerics/index.js';
import type { ExampleReader } from './example-reader.js';
import type { Partition } from './partition.js';

export interface Skew {
  /** 2^entropy (bits) of each client's label distribution: mean, minimum and maximum over the clients. */
  readonly effectiveClasses: { readonly mean: number; readonly least: number; readonly most: number };
  /** Mean Jensen–Shannon divergence (bits) between pairs of clients' label distributions. */
  readonly divergence: number;
  /** Gini coefficient of the clients' sizes. */
  readonly sizeGini: number;
  readonly sizes: { readonly least: number; readonly mean: number; readonly most: number };
  /** The numbers of clients and of pairs that were measured, if not all were. */
  readonly sampled?: { readonly clients: number; readonly pairs: number };
}

/** With more clients a sample of them is measured. */
const MAX_CLIENTS = 10_000;
const SAMPLED_CLIENTS = 1000;
/** With more pairs (of 300 clients) a sample of them is measured. */
const MAX_PAIRS = 45_000;
const SAMPLED_PAIRS = 20_000;

/** Reads single labels: a generated set generates only the examples whose labels are read. */
type Labels = Pick<ExampleReader, 'label'>;

/** Measures label distributions and sizes; samples are the same in every call. */
export function measureSkew(partition: Partition, labels: Labels, classes: number): Skew {
  const clients =
    partition.clients > MAX_CLIENTS
      ? sampleWithoutReplacement(stream(0, 'skew', 'clients'), partition.clients, SAMPLED_CLIENTS)
      : range(partition.clients);
  const counts = labelCounts(partition, labels, classes, clients);
  const sizes = counts.map(sum);
  const shares = counts.map((row, client) => row.map((count) => count / sizes[client]));
  const entropies = shares.map(entropy);
  const effective = entropies.map((bits) => 2 ** bits);

  const pairs = pairsOf(counts.length);
  const divergences = pairs.map(
    ([a, b]) =>
      entropy(shares[a].map((p, label) => (p + shares[b][label]) / 2)) - (entropies[a] + entropies[b]) / 2,
  );
  const sampled = clients.length < partition.clients || pairs.length < pairCount(clients.length);
  return {
    effectiveClasses: { mean: mean(effective), ...extremes(effective) },
    // Rounding may give equal distributions a divergence slightly below 0.
    divergence: pairs.length === 0 ? 0 : Math.max(0, mean(divergences)),
    sizeGini: gini(sizes),
    sizes: { mean: mean(sizes), ...extremes(sizes) },
    ...(sampled && { sampled: { clients: clients.length, pairs: pairs.length } }),
  };
}

/** Skew of sizes only, if labels are unknown; label skew is NaN. */
export function measureSizes(partition: Partition): Skew {
  const sizes = Array.from(range(partition.clients), (client) => partition.size(client));
  return {
    effectiveClasses: { mean: NaN, least: NaN, most: NaN },
    divergence: NaN,
    sizeGini: gini(sizes),
    sizes: { mean: mean(sizes), ...extremes(sizes) },
  };
}

/** The number of examples per client and class, [clients][classes]; by default of all clients. */
export function labelCounts(
  partition: Partition,
  labels: Labels,
  classes: number,
  clients: Iterable<number> = range(partition.clients),
): number[][] {
  return Array.from(clients, (client) => {
    const counts = Array<number>(classes).fill(0);
    for (const index of partition.indices(client)) counts[labels.label(index)]++;
    return counts;
  });
}

const pairCount = (count: number) => (count * (count - 1)) / 2;

/** All pairs of different numbers below `count`, or a sample with replacement. */
function pairsOf(count: number): [number, number][] {
  if (pairCount(count) <= MAX_PAIRS) {
    return Array.from(range(count)).flatMap((b) => Array.from(range(b), (a): [number, number] => [a, b]));
  }
  const draw = stream(0, 'skew', 'pairs');
  return Array.from({ length: SAMPLED_PAIRS }, () => {
    const a = drawInteger(draw, count);
    const b = drawInteger(draw, count - 1);
    return [a, b < a ? b : b + 1];
  });
}

/** Entropy in bits. */
function entropy(shares: readonly number[]): number {
  let bits = 0;
  for (const share of shares) if (share > 0) bits -= share * Math.log2(share);
  return bits;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function extremes(values: readonly number[]): { least: number; most: number } {
  return { least: Math.min(...values), most: Math.max(...values) };
}
