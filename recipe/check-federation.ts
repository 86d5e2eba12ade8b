/** Checks a recipe against its data and its graph, before anything is trained. */
import { refuseCommunity } from '../algorithms/index.js';
import { localDataClients } from '../data/index.js';
import { RecipeError } from './errors.js';
import type { Federation } from './federation.js';
import { refuseEmptyEvaluation } from './refuse-empty.js';
import { refuseMixing } from './refuse-mixing.js';
import { refuseTokens } from './refuse-tokens.js';
import { refuseSingleExamples } from './single-examples.js';
import { refuseBatch } from './whole-batches.js';

/** @throws RecipeError, a sentence, where they do not go together */
export function checkFederation(federation: Federation): void {
  const { recipe, partition, model, algorithm, network } = federation;
  const { clients } = partition;
  const { schedule, rounds } = recipe;
  if (schedule.kind === 'buffered' && schedule.size > clients) {
    throw new RecipeError(
      `schedule.size is ${schedule.size}, but there are ${clients} clients, and none trains twice from the same model`,
    );
  }
  const refusal =
    refuseEmptyEvaluation(federation) ??
    refuseTokens(federation) ??
    (algorithm.family === 'federated'
      ? algorithm.refuse?.({ model, clients, rounds })
      : network &&
        (refuseCommunity(recipe.algorithm.kind, algorithm, network.community) ??
          refuseMixing(recipe.algorithm.kind, algorithm.mixes, network))) ??
    refuseBatch(recipe, partition) ??
    // Clients with their own data are asked where these are.
    (localDataClients(recipe.data.partition) === undefined
      ? refuseSingleExamples(recipe, partition, model)
      : undefined);
  if (refusal !== undefined) throw new RecipeError(refusal);
}
