/**
 * Matched averaging without retraining: PFNM (Yurochkin et al., ICML 2019) and SPAHM's matcher on whole networks,
 * layer after layer. Networks may differ in width, and the merged one is as wide as it must be.
 */
import type { Stream } from '../numerics/index.js';
import { averageInner, averageLastLayer } from './averages.js';
import { matchUnits, type Matching } from './bbp-map.js';
import { checkContributions, classShares, merged, type Contribution, type Merged } from './contributions.js';
import type { MatchingOptions } from './options.js';
import { spreadUnits, type Network } from './permute.js';
import type { Prior } from './scores.js';
import { signatures } from './signatures.js';
import { widthsOf } from './unit-axes.js';
import { writeUnitRows } from './unit-rows.js';

export interface MatchedNetwork extends Merged {
  /** For each hidden layer whose units went where. */
  readonly matchings: readonly Matching[];
}

/**
 * One network from many by matching the units of each hidden layer. With one hidden layer, signatures hold the
 * outgoing weights too, believed by class shares; the last layer is averaged class by class, but is the posterior
 * mean too where `estimate` is 'map' and there is one hidden layer (the authors' PFNM).
 * @param draw gives the sweeps their order of clients
 * @throws Error where networks cannot be matched, or one has no examples
 */
export function matchedAverage(
  contributions: readonly Contribution[],
  options: MatchingOptions,
  draw: Stream,
): MatchedNetwork {
  checkContributions(contributions);
  const shares = classShares(contributions);
  const hidden = widthsOf(contributions[0].model).length - 1;
  const matchings: Matching[] = [];
  let networks: readonly Network[] = contributions;
  for (let layer = 0; layer < hidden; layer++) {
    const step = matchLayer(networks, layer, options, draw, hidden === 1 ? shares : undefined);
    networks = step.networks;
    matchings.push(step.matching);
  }
  const [{ model }] = networks;
  const result = { model, weights: new Float32Array(model.manifest.length) };
  averageLastLayer(result, networks, shares);
  const posteriorMean = hidden === 1 && options.estimate === 'map';
  matchings.forEach(({ units, prior, assignments }, layer) => {
    if (posteriorMean) shrinkLastBias(result, prior, options.biasPriorMean);
    writeUnitRows(result, layer, posteriorMean ? 'both' : 'own', units);
    averageInner(result, networks, layer, assignments);
  });
  return { ...merged(result, contributions), matchings };
}

/**
 * Makes the last layer's biases, averaged class by class, their posterior means (the authors' process_softmax_bias):
 * a network's bias of a class is believed by its share of the class, and these sum to 1.
 */
function shrinkLastBias(network: Network, { sigma, sigma0 }: Prior, priorMean: number): void {
  const last = widthsOf(network.model).length - 1;
  const { rows, biases } = signatures(network, last);
  for (const row of rows) {
    for (const bias of biases) {
      row[bias] = (priorMean / sigma0 + row[bias] / sigma) / (1 / sigma0 + 1 / sigma);
    }
  }
  writeUnitRows(network, last, 'own', rows);
}

/**
 * Matches one hidden layer, whose inputs must be the same in all networks, and moves each network's units to
 * their global positions, so that the next layer's inputs are the same.
 * @param shares of each network the share of each class, where outgoing weights are to be part of signatures
 */
export function matchLayer(
  networks: readonly Network[],
  layer: number,
  options: MatchingOptions,
  draw: Stream,
  shares?: readonly ArrayLike<number>[],
): { matching: Matching; networks: Network[] } {
  const rows = networks.map((network, j) => signatures(network, layer, shares?.[j]));
  const matching = matchUnits(rows, options, draw);
  const width = matching.popularity.length;
  const moved = networks.map((network, j) => spreadUnits(network, layer, matching.assignments[j], width));
  return { matching, networks: moved };
}
