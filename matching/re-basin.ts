/**
 * Git Re-Basin: permuting one network's units so that its weights lie close to another's (Ainsworth, Hayase &
 * Srinivasa, ICLR 2023, Algorithms 1 and 3; the authors' weight_matching.py).
 */
import { permutation, range, type Stream } from '../numerics/index.js';
import { assign } from './assignment.js';
import { averaged } from './averages.js';
import { checkContributions, merged, type Contribution, type Merged } from './contributions.js';
import { gatherUnits, type Network } from './permute.js';
import { products } from './products.js';
import { hiddenGroups } from './unit-axes.js';
import { unitRows } from './unit-rows.js';

/** A network after its units were permuted. */
export interface Rebased extends Network {
  /** For each hidden layer the position to which each unit went. */
  readonly permutations: readonly Uint32Array[];
}

const MOST_SWEEPS = 100;
/** What a permutation must gain, so that rounding cannot keep a search going. */
const SMALLEST_GAIN = 1e-12;

/**
 * Weight matching: permutes the hidden units of `network` to raise ⟨weights of the reference, permuted weights⟩,
 * one layer at a time by assignment, in random order, until a sweep over the layers gains nothing.
 * @throws Error where the two differ in shape
 */
export function matchWeights(reference: Network, network: Network, draw: Stream): Rebased {
  checkContributions([reference, network], 're-basin');
  const groups = hiddenGroups(reference.model);
  const targets = groups.map(({ index }) => unitRows(reference, index, 'both'));
  const sources = groups.map(({ units }) => range(units));
  let current = network;
  for (let sweep = 0, improved = true; improved && sweep < MOST_SWEEPS; sweep++) {
    improved = false;
    for (const layer of permutation(draw, groups.length)) {
      const source = bestPermutation(targets[layer], unitRows(current, layer, 'both'));
      if (source === undefined) continue;
      current = gatherUnits(current, layer, source);
      sources[layer] = Uint32Array.from(source, (unit) => sources[layer][unit]);
      improved = true;
    }
  }
  return { ...current, permutations: sources.map(inverse) };
}

/** Which of the rows should stand at each position, next to the target there; undefined where nothing is gained. */
function bestPermutation(
  targets: readonly Float64Array[],
  rows: readonly Float64Array[],
): Int32Array | undefined {
  const units = rows.length;
  const values = new Float64Array(units * units);
  products(targets, rows, rows[0].length, values, units);
  const { columns, value } = assign({ rows: units, columns: units, values }, 'maximise');
  let before = 0;
  for (let unit = 0; unit < units; unit++) before += values[unit * units + unit];
  return value > before + SMALLEST_GAIN ? columns : undefined;
}

function inverse(source: Uint32Array): Uint32Array {
  const to = new Uint32Array(source.length);
  source.forEach((unit, position) => (to[unit] = position));
  return to;
}

/**
 * The average, by shares, of networks that were re-based to each other first: MergeMany, which matches one network
 * at a time to the mean of all others until none moves.
 * @throws Error where networks differ in shape
 */
export function rebasedAverage(contributions: readonly Contribution[], draw: Stream): Merged {
  checkContributions(contributions, 're-basin');
  const rebased = [...contributions];
  for (let sweep = 0, moved = contributions.length > 1; moved && sweep < MOST_SWEEPS; sweep++) {
    moved = false;
    for (const index of permutation(draw, rebased.length)) {
      const others = averaged(rebased.filter((_, other) => other !== index));
      const { permutations, weights } = matchWeights(others, rebased[index], draw);
      if (permutations.every((to) => to.every((position, unit) => position === unit))) continue;
      rebased[index] = { ...rebased[index], weights };
      moved = true;
    }
  }
  return merged(averaged(rebased), contributions);
}
