/**
 * The score matrix of BBP-MAP matching: by how much a client's unit raises (twice) the log-posterior when it
 * joins a global unit or founds one (Yurochkin et al. 2019, eq. 9; Wang et al. 2020, Sec. 2.1; the authors'
 * compute_cost; Yurochkin et al., "Statistical Model Aggregation via Parameter Matching", 2019, for SPAHM).
 */
import { logarithm } from '../numerics/index.js';
import type { ScoreMatrix } from './assignment.js';
import { products } from './products.js';
import type { Signatures } from './signatures.js';

/** Global units are drawn from N(mean, sigma0), a client's units from N(global unit, sigma). Variances. */
export interface Prior {
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly sigma0: number;
}

/** A global unit: the sums over its members, of which each client gives at most one. */
export interface Cluster {
  /** Sum of the members' signatures; where a belief counts, each times its own. */
  readonly sum: Float64Array;
  /** Sum of the members' beliefs. */
  readonly belief: Float64Array;
  count: number;
}

export function emptyCluster({ mean }: Prior, belief: Float64Array): Cluster {
  return { sum: new Float64Array(mean.length), belief: new Float64Array(belief.length), count: 0 };
}

/** Adds a unit to a cluster (sign 1) or takes it out again (sign −1). */
export function include(cluster: Cluster, unit: Float64Array, belief: Float64Array, sign: 1 | -1): void {
  const plain = unit.length - belief.length;
  for (let d = 0; d < plain; d++) cluster.sum[d] += sign * unit[d];
  for (let t = 0; t < belief.length; t++) {
    cluster.sum[plain + t] += sign * belief[t] * unit[plain + t];
    cluster.belief[t] += sign * belief[t];
  }
  cluster.count += sign;
}

export interface ScoreSettings {
  readonly prior: Prior;
  /** J. */
  readonly clients: number;
  readonly gamma: number;
  readonly popularityWeight: number;
  /** Whether log-determinants count (SPAHM). */
  readonly determinants: boolean;
}

/** The popularity of a unit counts up to this. */
const POPULARITY_CAP = 10;

/**
 * Scores of a client's units (rows), none of which is in a cluster, with the clusters (first columns) and with
 * `fresh` new ones. To be maximised.
 */
export function scoreMatrix(
  { rows, belief }: Signatures,
  clusters: readonly Cluster[],
  fresh: number,
  { prior, clients, gamma, popularityWeight, determinants }: ScoreSettings,
): ScoreMatrix {
  const columns = clusters.length + fresh;
  const values = new Float64Array(rows.length * columns);
  const plain = prior.mean.length - belief.length;
  // A new unit gains what joining an empty cluster gains.
  const posteriors = [...clusters, emptyCluster(prior, belief)].map((cluster) => posterior(cluster, prior));
  const joining = posteriors.map((cluster) => constants(cluster, belief, prior, determinants));
  const dots = new Float64Array(rows.length * posteriors.length);
  const means = posteriors.map(({ shift }) => shift);
  products(rows, means, plain, dots, posteriors.length);

  const popularity = clusters.map(({ count }) => {
    const capped = Math.min(count, POPULARITY_CAP);
    return popularityWeight * logarithm(capped / (clients - capped));
  });
  const novelty = Array.from(
    { length: fresh },
    (_, k) => 2 * (logarithm(gamma / clients) - logarithm(k + 1)),
  );
  rows.forEach((unit, l) => {
    const norm = squaredNorm(unit, plain) / prior.sigma ** 2;
    const gain = (i: number) => {
      const { alpha, constant } = joining[i];
      const dot = dots[l * posteriors.length + i] / prior.sigma;
      const believed = belief.length === 0 ? 0 : believedGain(unit, belief, posteriors[i], prior.sigma);
      return alpha * (norm + 2 * dot) + constant + believed;
    };
    for (let i = 0; i < clusters.length; i++) values[l * columns + i] = gain(i) + popularity[i];
    const founding = gain(clusters.length);
    for (let k = 0; k < fresh; k++) values[l * columns + clusters.length + k] = founding + novelty[k];
  });
  return { rows: rows.length, columns, values };
}

/** A cluster's sums with the prior's: G and S of the authors' code, precision-weighted. */
interface Posterior {
  /** G. */
  readonly shift: Float64Array;
  /** S of the coordinates that count fully, one number, and of the others. */
  readonly precision: number;
  readonly believed: Float64Array;
}

function posterior({ sum, belief, count }: Cluster, { mean, sigma, sigma0 }: Prior): Posterior {
  const shift = new Float64Array(sum.length);
  for (let d = 0; d < sum.length; d++) shift[d] = mean[d] / sigma0 + sum[d] / sigma;
  const believed = belief.map((total) => 1 / sigma0 + total / sigma);
  return { shift, precision: 1 / sigma0 + count / sigma, believed };
}

/**
 * Of Σ_d (ŵ + G)² / (s + S) − G² / S with scalar s and S, α = 1 / (s + S) and β = 1 / S:
 * α‖ŵ‖² + 2α ŵ·G + (α − β)‖G‖². What does not depend on the unit.
 */
function constants(
  { shift, precision, believed }: Posterior,
  belief: Float64Array,
  { sigma }: Prior,
  determinants: boolean,
): { alpha: number; constant: number } {
  const plain = shift.length - belief.length;
  const alpha = 1 / (1 / sigma + precision);
  let constant = (alpha - 1 / precision) * squaredNorm(shift, plain);
  if (determinants) {
    constant += plain * logarithm(precision * alpha);
    for (let t = 0; t < belief.length; t++) {
      constant += logarithm(believed[t] / (believed[t] + belief[t] / sigma));
    }
  }
  return { alpha, constant };
}

/** The same sum over the coordinates with a belief each. */
function believedGain(
  unit: Float64Array,
  belief: Float64Array,
  { shift, believed }: Posterior,
  sigma: number,
): number {
  const plain = unit.length - belief.length;
  let gain = 0;
  for (let t = 0; t < belief.length; t++) {
    const added = belief[t] / sigma;
    const before = shift[plain + t];
    const after = before + added * unit[plain + t];
    gain += (after * after) / (believed[t] + added) - (before * before) / believed[t];
  }
  return gain;
}

function squaredNorm(row: Float64Array, coordinates: number): number {
  let sum = 0;
  for (let d = 0; d < coordinates; d++) sum += row[d] * row[d];
  return sum;
}
