/** What the schema cannot see: settings of a recipe that fit one by one but not together. */
import type { Algorithm, Community } from '../algorithms/index.js';
import { ownDataClients } from '../data/index.js';
import type { Codec } from '../protocol/index.js';
import { RecipeError } from './errors.js';
import type { Federation } from './federation.js';
import { refuseSchedule } from './refuse-schedule.js';
import { refuseEmptyEvaluation } from './refuse-empty.js';
import { refuseTokens } from './refuse-tokens.js';
import type { Recipe } from './schema.js';
import { refuseSingleExamples } from './single-examples.js';
import { refuseBatch } from './whole-batches.js';

/** @throws RecipeError, a sentence, where they do not */
export function refuseMisfits(federation: Federation): void {
  const { recipe, partition, model, algorithm, network, codec } = federation;
  const { stop, evaluate } = recipe;
  refuseOwnData(recipe);
  if (stop && !evaluate.on.includes(stop.on)) {
    throw new RecipeError(`stop.on is '${stop.on}', which evaluate.on does not list`);
  }
  const refusal =
    refuseEmptyEvaluation(federation) ??
    refuseTokens(federation) ??
    refuseCodec(recipe, algorithm, codec) ??
    refuseSchedule(recipe, algorithm, codec, partition.clients) ??
    (algorithm.family === 'federated'
      ? algorithm.refuse?.({ model, clients: partition.clients, rounds: recipe.rounds })
      : refuseGossip(recipe, algorithm, network?.community)) ??
    refuseBatch(recipe, partition) ??
    // Clients with their own data are asked where these are.
    (ownDataClients(recipe.data.partition) === undefined
      ? refuseSingleExamples(recipe, partition, model)
      : undefined);
  if (refusal !== undefined) throw new RecipeError(refusal);
}

/** Data that only workers have can be trained on, and tested on where they are. */
function refuseOwnData({ data, evaluate }: Recipe): void {
  const isDeclared = data.dataset.kind === 'declared';
  if (isDeclared !== (ownDataClients(data.partition) !== undefined)) {
    throw new RecipeError(
      "data.dataset 'declared' and data.partition 'local' belong together: the one says what data look like, the other who brings them",
    );
  }
  if (isDeclared && data.dataset['test'] === undefined && evaluate.on.includes('test')) {
    throw new RecipeError(
      'there is no test set: write evaluate: { on: [clients] } to test on the workers’ own data, or name data.dataset.test',
    );
  }
  if (isDeclared && (data.validation ?? data.features) !== undefined) {
    throw new RecipeError('data.validation and data.features need data that the recipe has');
  }
}

/** A codec for differences only would leave of whole models what is largest, and zeros. */
function refuseCodec(
  { network }: Recipe,
  { family, ...algorithm }: Algorithm,
  codec: Codec,
): string | undefined {
  const answersDifferences =
    'answers' in algorithm && algorithm.answers === 'sum' && algorithm.answersModels !== true;
  if (codec.everywhere || answersDifferences) return undefined;
  const why =
    family === 'gossip'
      ? 'in gossip nodes send each other models'
      : "this algorithm's clients answer with models";
  return `network.codec '${network.codec?.kind}' is for differences of models, but ${why}; use int8 or float16`;
}

function refuseGossip(
  recipe: Recipe,
  algorithm: Extract<Algorithm, { family: 'gossip' }>,
  community: Community | undefined,
): string | undefined {
  if (community === undefined) {
    return `algorithm '${recipe.algorithm.kind}' needs a topology, e.g. topology: { kind: regular, degree: 8 }`;
  }
  return algorithm.refuse?.(community);
}
