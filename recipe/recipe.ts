/** The fields of a recipe, assembled from the registries: the one source of types, checks and documentation. */
import { z } from 'zod';
import { algorithms } from '../algorithms/index.js';
import { datasets, features, partitions } from '../data/index.js';
import { engineSchema, losses, models } from '../learning/index.js';
import { codecs } from '../protocol/index.js';
import { filePath, optionsSchema } from '../registry/index.js';
import { mixing, topologies } from '../topologies/index.js';
import { distributionSchema } from './distribution.js';

const probability = z.number().min(0).max(1);

const data = optionsSchema({
  dataset: datasets.field().describe('What is learned from.'),
  partition: partitions.field().describe('Who holds which training examples.'),
  featureSkew: features.field().optional().describe("How clients' inputs differ beyond their labels."),
  augment: optionsSchema({
    crop: z
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('Images are cut out at random from ones with so many pixels of zeros on every side.'),
    flip: z
      .boolean()
      .default(false)
      .describe('Whether every other image, at random, is mirrored left to right.'),
  })
    .optional()
    .describe('Training images are changed at random, anew in every epoch.'),
  validation: optionsSchema({
    fraction: probability.describe('Fraction of the examples to hold out.'),
    from: z
      .enum(['clients', 'train'])
      .default('clients')
      .describe("Taken from each client's shard, or from the training set before it is partitioned."),
  })
    .optional()
    .describe('Examples kept from training, to choose settings on.'),
});

const initOptions = optionsSchema({
  kind: z
    .enum(['same', 'own'])
    .default('same')
    .describe('One initialisation for everybody, or one of its own for every node (gossip only).'),
  file: filePath().optional().describe('Start from the weights of a .safetensors file.'),
  seed: z
    .int()
    .nonnegative()
    .optional()
    .describe("Draw the initial weights with this seed instead of the run's."),
});

/** A word alone is a kind, any other text a file: `init: own`, `init: model.safetensors`. */
const init = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  return value === 'same' || value === 'own' ? { kind: value } : { file: value };
}, initOptions);

const clients = optionsSchema({
  availability: probability.default(1).describe('Probability that a client can be asked in a round.'),
  dropout: probability.default(0).describe('Probability that a client that was asked never answers.'),
  stragglers: probability
    .default(0)
    .describe(
      'Share of the asked clients that do only U{1, …, E} of their E > 1 local epochs, or U{1, …, N} of N > 1 steps.',
    ),
});

const evaluate = optionsSchema({
  every: z.int().positive().default(1).describe('Evaluate after every so many rounds, and at the end.'),
  on: z
    .array(z.enum(['test', 'validation', 'clients']))
    .refine((sets) => new Set(sets).size === sets.length, 'a set is there twice')
    .default(['test'])
    .describe(
      "On the test set, on the validation part, on the examples that each client trained on. Gossip: nodes' own models, and their average model beside them.",
    ),
  after: z
    .enum(['aggregation', 'training'])
    .default('aggregation')
    .describe(
      "Synchronous gossip: at which point of a round nodes' models are evaluated, once they are aggregated or once they are trained.",
    ),
  nodes: z
    .int()
    .positive()
    .default(20)
    .describe(
      'Gossip: how many nodes are tested by themselves before the end; `accuracy` and `stop` take their mean.',
    ),
  examples: z
    .int()
    .positive()
    .default(1000)
    .describe('Gossip: on how many test examples each of these is tested before the end.'),
});

const schedule = z.discriminatedUnion('kind', [
  optionsSchema({
    kind: z
      .literal('synchronous')
      .describe('All nodes go through rounds; each waits for the messages it is due.'),
    compute: distributionSchema.prefault(0).describe('Virtual time that a node trains in a round.'),
  }),
  optionsSchema({
    kind: z.literal('asynchronous').describe('Every node wakes by its own clock.'),
    compute: distributionSchema.prefault(0).describe('Virtual time that a node trains when it wakes.'),
    period: distributionSchema.prefault(1).describe('Virtual time from one waking of a node to its next.'),
    phase: z
      .enum(['random', 'same'])
      .default('random')
      .describe('Whether first wakings are spread over a period or all at time 0.'),
  }),
  optionsSchema({
    kind: z
      .literal('buffered')
      .describe(
        'Federated, asynchronous: clients train all the time; a round ends when enough have answered.',
      ),
    concurrency: z.int().positive().describe('How many clients train at a time.'),
    size: z
      .int()
      .positive()
      .default(10)
      .describe('K, with how many answers the model is renewed; 1 for FedAsync.'),
    compute: distributionSchema.prefault(0).describe('Virtual time that a client trains.'),
  }),
]);

const network = optionsSchema({
  codec: codecs
    .field()
    .optional()
    .describe('The encoding of vectors on the wire; left out, float32. A lossy one changes the result.'),
  latency: distributionSchema
    .prefault(0)
    .describe('Gossip and buffered schedule: virtual time that a message is under way.'),
  bandwidth: z
    .number()
    .positive()
    .optional()
    .describe('Gossip and buffered schedule: bytes that a link carries in a unit of virtual time.'),
  loss: probability.default(0).describe('Gossip: probability that a message is lost.'),
  gossip: z
    .enum(['direct', 'relayed'])
    .optional()
    .describe(
      'Real workers: nodes’ messages go from worker to worker, or by the coordinator; left out, directly where one of the two listens.',
    ),
  tick: z
    .number()
    .positive()
    .optional()
    .describe(
      'Real workers, asynchronous gossip: seconds that a unit of virtual time takes; left out, nodes wake as fast as threads can, and workers go on by periods together.',
    ),
  deadline: z
    .number()
    .positive()
    .optional()
    .describe(
      'Real workers: seconds after which a round ends with the updates received so far, and an evaluation with the clients’ results received so far.',
    ),
  minimumUpdates: z
    .int()
    .positive()
    .optional()
    .describe(
      'Real workers: the least number of updates (or of clients’ results) with which a deadline ends a round (or an evaluation); left out, 1. If it is given and clients bring their own data, the run begins after the deadline with this number of clients; others join later.',
    ),
  overSelection: z
    .number()
    .min(1)
    .max(100)
    .optional()
    .describe('Real workers: so many times as many clients are asked; the first to answer count.'),
  normBound: z
    .number()
    .positive()
    .optional()
    .describe('Real workers: an update of a larger Euclidean norm is refused.'),
});

const stop = optionsSchema({
  accuracy: probability.optional().describe('End the run when the evaluated accuracy reaches this.'),
  loss: z.number().optional().describe('End the run when the evaluated loss falls to this.'),
  on: z.enum(['test', 'validation']).default('test').describe('Which evaluation decides.'),
});

const checkpoint = optionsSchema({
  seconds: z.number().nonnegative().default(10).describe('Least time between two checkpoints.'),
});

/** Every field by itself; `recipeSchema` also checks fields against each other. */
export const recipeFields = optionsSchema({
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'use letters, digits, dots, dashes and underscores only')
    .default('run')
    .describe("The run's name, used for its directory."),
  seed: z.int().nonnegative().default(1).describe('Every random draw follows from it.'),
  data,
  model: models.field().describe('The network that is trained.'),
  loss: losses
    .field()
    .optional()
    .describe(
      'What training minimises; left out, cross-entropy. Tests say cross-entropy, or the squared error.',
    ),
  init: init.prefault({}),
  algorithm: algorithms.field().describe('How models are trained and brought together.'),
  topology: topologies.field().optional().describe('Gossip: who exchanges models with whom.'),
  mixing: mixing.field().optional().describe('Gossip: the weights of the mixing matrix.'),
  schedule: schedule.prefault({ kind: 'synchronous' }).describe('When clients or nodes train.'),
  network: network.prefault({}).describe('How messages travel.'),
  clients: clients.prefault({}),
  rounds: z.int().positive().describe('The number of rounds at most.'),
  stop: stop.optional(),
  evaluate: evaluate.prefault({}),
  checkpoint: checkpoint.prefault({}),
  engine: engineSchema
    .prefault('wasm')
    .describe('What does the arithmetic; equal bits everywhere are promised for wasm only.'),
});

export type Recipe = z.output<typeof recipeFields>;

/** A recipe with every conditional field at its default. */
export const defaultRecipe = (): Recipe =>
  recipeFields.parse({
    data: { dataset: 'mnist', partition: { kind: 'iid', clients: 2 } },
    model: '2nn',
    algorithm: 'fedavg',
    rounds: 1,
  });
