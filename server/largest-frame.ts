/** The largest frame that a worker of a federation can need: limits follow from what its algorithm sends. */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { portion, stream } from '../numerics/index.js';
import { answerBytes } from '../protocol/index.js';
import { startingWeights, type Federation } from '../recipe/index.js';

/** Headers, tables and padding. */
const BESIDES = 2 ** 22;
const MOST = 2 ** 31 - 1;
/** Where an algorithm does not say how long its vectors are: so many as long as the model. */
const VECTORS = 16;

/** In bytes. */
export function largestFrame(federation: Federation): number {
  const { model, algorithm, codec, recipe, partition } = federation;
  const length = model.manifest.length;
  if (algorithm.family !== 'federated') return Math.min(BESIDES + 4 * VECTORS * length, MOST);
  const grown = algorithm.longestAnswer?.({ model, clients: partition.clients });
  const longest =
    grown === undefined
      ? (firstLengths(federation, algorithm) ?? { all: VECTORS * length })
      : { grown: Math.ceil(portion(recipe.network.overSelection ?? 1, grown)) };
  const bytes = answerBytes(codec, longest);
  return Math.min(BESIDES + bytes, MOST);
}

/** How long the vectors of the first answer are, and of all others where the model does not grow. */
function firstLengths(
  federation: Federation,
  algorithm: FederatedAlgorithm,
): Readonly<Record<string, number>> | undefined {
  const { model, partition, recipe } = federation;
  const state = algorithm.init({ model, weights: startingWeights(federation), clients: partition.clients });
  const plan = algorithm.plan(state, {
    roster: { count: partition.clients, available: [0], samples: () => 1 },
    stream: (...name) => stream(recipe.seed, 'largest frame', ...name),
    slots: 1,
  });
  if (plan === 'done' || plan.to.length === 0) return undefined;
  return algorithm.answerLengths?.(plan.to[0].message, model);
}
