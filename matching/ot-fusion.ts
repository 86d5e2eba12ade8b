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
 * The network at the reference's widths: unit b of a layer is the mean of the units transported to it, and each
 * unit's outgoing weights are split in the proportions of its transport, so that what leaves the layer keeps its
 * size where widths differ. (The authors take the mean there too; with equal widths it is the same, and the
 * transport is a permutation.)
 * @throws Error where the two cannot be compared, or have recurrent layers
 */
export function alignByTransport(reference: Network, network: Network): Network {
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
    writeUnitRows(moved, layer, 'next', mix(unitRows(current, layer, 'next'), plan, units, plan.fromRow));
    current = moved;
  }
  return current;
}

/**
 * The average, by shares, of networks aligned to the first of them; with further passes, to the average so far.
 * It has the widths of the first.
 * @throws Error where networks cannot be compared
 */
export function fusedAverage(contributions: readonly Contribution[], passes = 1): Merged {
  checkContributions(contributions);
  let [reference]: readonly Network[] = contributions;
  for (let pass = 0; pass < passes; pass++) {
    const target = reference;
    reference = averaged(contributions.map((own) => ({ ...own, ...alignByTransport(target, own) })));
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
