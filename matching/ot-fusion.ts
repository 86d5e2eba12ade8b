/**
 * OTFusion: aligning a network to another by optimal transport of its units, layer after layer, then averaging
 * (Singh & Jaggi, NeurIPS 2020; weights mode with exact transport and uniform measures). Biases are carried along
 * as the weights of one more input. Networks may differ in width.
 */
import { averaged } from './averages.js';
import { checkContributions, merged, type Contribution, type Merged } from './contributions.js';
import { transport, type TransportPlan } from './optimal-transport.js';
import { gatherUnits, type Network } from './permute.js';
import { hiddenGroups } from './unit-axes.js';
import { unitRows, writeUnitRows } from './unit-rows.js';

/**
 * What becomes of outgoing weights where widths differ; with equal widths transport is a permutation and both agree.
 * `mean` is the authors' T = P · diag(1/ν): unit b's are the mean of those of the units transported to it. A layer of
 * n units onto m then gives n/m times its output: halved, twins that become one unit count as one of them.
 * `split`, the default, divides each unit's outgoing weights in the proportions of its transport, P · diag(1/μ), so
 * that what leaves the layer keeps its size: twins that become one unit count as both, and the function stays.
 */
export type OutgoingWeights = 'split' | 'mean';

/**
 * The network at the reference's widths: unit b of a layer is the mean of the units transported to it.
 * @throws Error where the two cannot be compared, or have recurrent layers
 */
export function alignByTransport(
  reference: Network,
  network: Network,
  outgoing: OutgoingWeights = 'split',
): Network {
  checkContributions([reference, network]);
  let current = network;
  for (const { index: layer, units, inner } of hiddenGroups(reference.model)) {
    if (inner.length > 0) {
      throw new Error(
        `layer ${layer + 1} has connections among its own units, which transport cannot split; use matched averaging`,
      );
    }
    const [from, to] = [unitRows(current, layer, 'own'), unitRows(reference, layer, 'own')];
    const plan = transport({ rows: from.length, columns: to.length, values: distances(from, to) });
    const moved = gatherUnits(current, layer, new Int32Array(units).fill(-1));
    writeUnitRows(moved, layer, 'own', mix(from, plan, units, plan.toColumn));
    const whole = outgoing === 'split' ? plan.fromRow : plan.toColumn;
    writeUnitRows(moved, layer, 'next', mix(unitRows(current, layer, 'next'), plan, units, whole));
    current = moved;
  }
  return current;
}

/**
 * The average, by shares, of networks aligned to the first of them; with further passes, to the average so far.
 * It has the widths of the first.
 * @throws Error where networks cannot be compared
 */
export function fusedAverage(
  contributions: readonly Contribution[],
  { passes = 1, outgoing = 'split' }: { readonly passes?: number; readonly outgoing?: OutgoingWeights } = {},
): Merged {
  checkContributions(contributions);
  let [reference]: readonly Network[] = contributions;
  for (let pass = 0; pass < passes; pass++) {
    const target = reference;
    reference = averaged(
      contributions.map((own) => ({ ...own, ...alignByTransport(target, own, outgoing) })),
    );
  }
  return merged(reference, contributions);
}

/** ‖from[a] − to[b]‖. */
function distances(from: readonly Float64Array[], to: readonly Float64Array[]): Float64Array {
  return Float64Array.from(
    from.flatMap((a) =>
      to.map((b) => {
        let sum = 0;
        for (let d = 0; d < a.length; d++) sum += (a[d] - b[d]) ** 2;
        return Math.sqrt(sum);
      }),
    ),
  );
}

/** Row b is the sum of the rows that go there, each times its parcels / `whole`. */
function mix(
  rows: readonly Float64Array[],
  { parcels }: TransportPlan,
  columns: number,
  whole: number,
): Float64Array[] {
  return Array.from({ length: columns }, (_, column) => {
    const sum = new Float64Array(rows[0].length);
    rows.forEach((row, index) => {
      const share = parcels[index * columns + column] / whole;
      if (share > 0) for (let d = 0; d < sum.length; d++) sum[d] += share * row[d];
    });
    return sum;
  });
}
