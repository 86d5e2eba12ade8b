/** Averages of networks of one model: of all weights, and of the last layer class by class. */
import { view } from '../learning/index.js';
import { checkContributions, merged, type Contribution, type Merged } from './contributions.js';
import type { Network } from './permute.js';
import { unitGroups, widthsOf } from './unit-axes.js';
import { unitRows, writeUnitRows } from './unit-rows.js';

/**
 * The average of all weights, by shares, unit by unit as they stand.
 * @throws Error where the networks differ in shape, or all shares are 0
 */
export function plainAverage(contributions: readonly Contribution[]): Merged {
  checkContributions(contributions, 'plain averaging');
  return merged(averaged(contributions), contributions);
}

/** The same of networks that are known to have one model. */
export function averaged(contributions: readonly Contribution[]): Network {
  const [{ model }] = contributions;
  const total = contributions.reduce((sum, { share = 1 }) => sum + share, 0);
  if (!(total > 0 && contributions.every(({ share = 1 }) => share >= 0))) {
    throw new Error('the shares in an average must not be negative, and some must be positive');
  }
  const sum = new Float64Array(model.manifest.length);
  for (const { weights, share = 1 } of contributions) {
    for (let i = 0; i < sum.length; i++) sum[i] += share * weights[i];
  }
  const mean = new Float32Array(sum.length);
  for (let i = 0; i < mean.length; i++) mean[i] = sum[i] / total;
  return { model, weights: mean };
}

/**
 * The last layer of FedMA: what goes into class k, its bias included, is the sum over networks j of p_jk times
 * theirs (the authors' main.py, BBP_MAP). Written into `into`, whose model all networks share.
 * @param shares for each network its share of each class
 */
export function averageLastLayer(
  into: Network,
  networks: readonly Network[],
  shares: readonly ArrayLike<number>[],
): void {
  const last = widthsOf(into.model).length - 1;
  const sums = unitRows(into, last, 'own').map((row) => row.fill(0));
  networks.forEach((network, j) => {
    unitRows(network, last, 'own').forEach((row, k) => {
      row.forEach((x, i) => (sums[k][i] += shares[j][k] * x));
    });
  });
  writeUnitRows(into, last, 'own', sums);
}

/**
 * What goes from unit to unit within a layer, such as an LSTM's recurrent kernel: each entry is the mean over the
 * networks that have both units. Written into `into`.
 * @param networks with the layer's units at their global positions
 * @param assignments of each network, the global positions of its units
 */
export function averageInner(
  into: Network,
  networks: readonly Network[],
  layer: number,
  assignments: readonly ArrayLike<number>[],
): void {
  const { units, inner } = unitGroups(into.model)[layer];
  for (const name of new Set(inner.map(({ tensor }) => tensor.name))) {
    const tensorOf = ({ model, weights }: Network) => {
      const tensor = model.manifest.tensors.find((own) => own.name === name);
      if (tensor === undefined) throw new Error(`a network has no tensor '${name}'`);
      return view(weights, tensor);
    };
    const target = tensorOf(into);
    const row = target.length / units;
    const [sums, counts] = [new Float64Array(target.length), new Float64Array(target.length)];
    networks.forEach((network, j) => {
      const values = tensorOf(network);
      const positions = Array.from(assignments[j]);
      for (const from of positions) {
        // Of each gate, what goes from this unit.
        for (let gate = from * row; gate < (from + 1) * row; gate += units) {
          for (const to of positions) {
            sums[gate + to] += values[gate + to];
            counts[gate + to] += 1;
          }
        }
      }
    });
    for (let i = 0; i < target.length; i++) target[i] = counts[i] > 0 ? sums[i] / counts[i] : 0;
  }
}
