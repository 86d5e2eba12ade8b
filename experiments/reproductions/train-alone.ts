/** Clients' models after local training alone, before anything is merged. */
import { z } from 'zod';
import { initialWeights, learningRate, optimizerSchema, wasmEngine } from '../../learning/index.js';
import { permutation, stream } from '../../numerics/index.js';
import { startingWeights, type Federation } from '../../recipe/index.js';

/** What a recipe's algorithm says of local training. */
const trainingSchema = z.object({
  amount: z.object({ epochs: z.number() }),
  batchSize: z.number(),
  optimizer: optimizerSchema,
});

/** Trains a client for the recipe's epochs from these weights. */
export function trainAlone(federation: Federation, client: number, weights: Float32Array): Float32Array {
  const { recipe, model } = federation;
  const { amount, batchSize, optimizer } = trainingSchema.parse(recipe.algorithm);
  const shard = federation.shard(client);
  return wasmEngine().train({
    model,
    weights,
    examples: shard,
    order: (epoch) => permutation(stream(recipe.seed, 'client', client, 'epoch', epoch), shard.count),
    batchSize,
    amount,
    optimizer,
    rate: (step) => learningRate(optimizer, { round: 0, step }),
  }).weights;
}

/** The recipe's initial weights, or weights of the client's own. */
export const startOf = (federation: Federation, client: number, start: 'same' | 'own'): Float32Array =>
  start === 'own'
    ? initialWeights(federation.model, federation.recipe.seed, ['client', client])
    : startingWeights(federation);
