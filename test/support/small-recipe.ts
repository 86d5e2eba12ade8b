/** A recipe that runs in a second: a tenth of MNIST's training images would be too many for tests. */
import { stringify } from 'yaml';

export interface SmallRecipe {
  readonly algorithm?: string | Readonly<Record<string, unknown>>;
  /** Top-level fields that are added or replaced. */
  readonly [field: string]: unknown;
}

const local = { amount: { epochs: 1 }, batchSize: 10, optimizer: { kind: 'sgd', learningRate: 0.1 } };

/** Local options besides those that an algorithm has of its own. */
export const trained = (options: { readonly kind: string } & Readonly<Record<string, unknown>>) => ({
  ...local,
  ...options,
});

/** YAML: ten clients with a hundred images each, of which three take part in each of four rounds. */
export const smallRecipe = (fields: SmallRecipe = {}) =>
  stringify({
    name: 'small',
    seed: 5,
    data: { dataset: { kind: 'mnist', limit: 1000 }, partition: { kind: 'shards', clients: 10 } },
    model: { kind: 'mlp', hidden: [20] },
    algorithm: trained({ kind: 'fedavg', fraction: 0.3 }),
    rounds: 4,
    ...fields,
  });
