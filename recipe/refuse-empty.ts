/** Whether there is something to evaluate on: an accuracy on no examples would be 0/0. */
import { localDataClients } from '../data/index.js';
import { range } from '../numerics/index.js';
import type { Federation } from './federation.js';

type Parts = Pick<Federation, 'recipe' | 'dataset' | 'partition' | 'validation' | 'network'>;

/** Why the recipe's evaluations cannot be made, as a sentence. */
export function refuseEmptyEvaluation(parts: Parts): string | undefined {
  const { recipe, network } = parts;
  // Gossip tests single nodes on the test set, whatever `evaluate.on` says.
  const testsNodes = network !== undefined && localDataClients(recipe.data.partition) === undefined;
  const sets = new Set([...recipe.evaluate.on, ...(testsNodes ? (['test'] as const) : [])]);
  if (sets.size === 0) return 'evaluate.on lists nothing to evaluate on; write e.g. evaluate: { on: [test] }';
  for (const on of sets) {
    const refusal = on === 'clients' ? refuseEmptyClients(parts) : refuseEmptySet(parts, on);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Why a model cannot be evaluated on a held-out set, as a sentence. */
export function refuseEmptySet(
  { recipe, dataset, partition, validation }: Omit<Parts, 'network'>,
  on: 'test' | 'validation',
): string | undefined {
  if (on === 'test') {
    if (dataset.test.count > 0) return undefined;
    const { window } = recipe.data.dataset;
    const remedy =
      typeof window === 'number'
        ? `no text has the ${window + 1} tokens in its test part that one window takes: use a smaller data.dataset.window or a larger testFraction, or`
        : 'there is nothing to evaluate on:';
    return (
      `the test set of ${dataset.name} has no examples; ${remedy} ` +
      'evaluate on a part of the training set, data.validation: { fraction: 0.1 } and evaluate: { on: [validation] }'
    );
  }
  const { validation: asked } = recipe.data;
  if (asked === undefined || validation === undefined) {
    return 'evaluating on a validation part needs data.validation, e.g. { fraction: 0.1 }';
  }
  if (validation.length > 0) return undefined;
  const most = range(partition.clients).reduce((size, client) => Math.max(size, partition.size(client)), 0);
  return (
    `data.validation holds nothing out: fraction ${asked.fraction} of a client's examples rounds to none, the largest client has ${most}; ` +
    'use a larger fraction, or data.validation.from: train'
  );
}

function refuseEmptyClients({ recipe, partition }: Parts): string | undefined {
  if (localDataClients(recipe.data.partition) !== undefined) return undefined;
  const empty = range(partition.clients).find((client) => partition.size(client) === 0);
  if (empty === undefined) return undefined;
  return `evaluate.on lists clients, but client ${empty} has no examples to evaluate on; give every client at least one`;
}
