/** The dataset of FedProx's Synthetic(α, β): the clients' sizes, and whether examples are stored or generated again. */
import { z } from 'zod';
import { distributions, exponential, portion, stream } from '../../numerics/index.js';
import type { Dataset, GeneratedExamples, StoredExamples, SyntheticSettings } from '../dataset.js';
import { openExamples } from '../examples.js';
import { sharedBytes, sharedInt32, sharedUint32, type SharedUint32 } from '../shared-arrays.js';
import { defineDataset } from './entry.js';

/** Inputs of a set with more bytes are generated again instead of stored. */
const MAX_STORED_BYTES = 256 * 2 ** 20;

export const synthetic = defineDataset({
  kind: 'synthetic',
  summary:
    "FedProx's Synthetic(alpha, beta): every client draws its own linear model and its own input distribution.",
  options: {
    clients: z.int().positive().default(30).describe('number of clients, each of which owns examples'),
    alpha: z.number().nonnegative().default(1).describe("how much the clients' models differ"),
    beta: z.number().nonnegative().default(1).describe("how much the clients' inputs differ"),
    iid: z
      .boolean()
      .default(false)
      .describe('one model for all clients (with beta 0 also one input distribution: Synthetic-IID)'),
    dimension: z.int().positive().default(60).describe('values in an input'),
    classes: z.int().min(2).default(10).describe('number of classes'),
    samplesPerClient: z
      .int()
      .min(2)
      .optional()
      .describe(
        'examples of each client, training and test together; by default sizes are log-normal(4, 2) + 50 as in ' +
          'the paper: 450 on average, with a few clients that have thousands',
      ),
    testFraction: z
      .number()
      .positive()
      .max(0.9)
      .default(0.1)
      .describe("the fraction of each client's examples that is test data"),
    testClients: z
      .int()
      .positive()
      .default(1000)
      .describe('number of clients, evenly spread, whose test examples are the test set'),
    keepInMemory: z
      .boolean()
      .optional()
      .describe(
        'whether examples are stored in memory or generated again at each use, with the same bits; by default stored ' +
          'if they take at most 256 MiB',
      ),
  },
  create: ({ keepInMemory, ...options }, { seed }) =>
    syntheticDataset(
      { ...options, seed },
      keepInMemory === undefined ? MAX_STORED_BYTES : keepInMemory ? Infinity : 0,
    ),
});

export interface SyntheticOptions extends SyntheticSettings {
  readonly clients: number;
  readonly samplesPerClient?: number | undefined;
  readonly testFraction: number;
  readonly testClients: number;
}

/**
 * Generates the dataset. A set whose inputs take more than `maxStoredBytes` is not stored: 100,000 clients of 60 examples take
 * 1.4 GB, and generating a client's examples again takes half a millisecond. The examples are the same.
 */
export function syntheticDataset(options: SyntheticOptions, maxStoredBytes = MAX_STORED_BYTES): Dataset {
  const { clients, dimension, classes, testFraction } = options;
  const sizes = sharedUint32(clients);
  for (let client = 0; client < clients; client++) sizes[client] = size(options, client);
  const testSizes = sizes.map((all) => Math.min(all - 1, Math.ceil(portion(testFraction, all))));
  const testClients = spread(Math.min(options.testClients, clients), clients);
  const settings = { ...options, sizes };
  const train = part(settings, allClients(clients), (client) => [0, sizes[client] - testSizes[client]]);
  const test = part(settings, testClients, (client) => [sizes[client] - testSizes[client], sizes[client]]);
  const keep = (set: GeneratedExamples) => (4 * dimension * set.count <= maxStoredBytes ? store(set) : set);
  return {
    name: 'synthetic',
    classes,
    train: keep(train),
    test: keep(test),
    owners: allClients(clients).map((client) => `client ${client}`),
    checksums: {},
  };
}

function size({ seed, samplesPerClient }: SyntheticOptions, client: number): number {
  if (samplesPerClient !== undefined) return samplesPerClient;
  const draw = distributions.normal(stream(seed, 'data', 'synthetic', 'size', client), 4, 2);
  return 50 + Math.floor(exponential(draw()));
}

const allClients = (clients: number) => Array.from({ length: clients }, (_, client) => client);

/** `count` evenly spread numbers below `bound`. */
const spread = (count: number, bound: number) =>
  Array.from({ length: count }, (_, i) => Math.floor((i * bound) / count));

/** The set of the given clients' examples, each client's in the range `span`. */
function part(
  { seed, alpha, beta, iid, dimension, classes, sizes }: SyntheticSettings & { sizes: SharedUint32 },
  members: readonly number[],
  span: (client: number) => [from: number, to: number],
): GeneratedExamples {
  const offsets = sharedInt32(sizes.length);
  let count = 0;
  for (const client of members) {
    const [from, to] = span(client);
    offsets[client] = count - from;
    count += to - from;
  }
  const owner = sharedInt32(count);
  for (const client of members) {
    const [from, to] = span(client);
    owner.fill(client, from + offsets[client], to + offsets[client]);
  }
  return {
    count,
    input: { shape: [dimension], type: 'float32', scale: 1, shift: 0 },
    owner,
    generated: { seed, alpha, beta, iid, dimension, classes, sizes, offsets },
  };
}

/** The same examples, stored in memory. */
function store(set: GeneratedExamples): StoredExamples {
  const { count, input, owner } = set;
  const bytes = 4 * set.generated.dimension;
  const inputs = sharedBytes(count * bytes);
  const labels = sharedInt32(count);
  const reader = openExamples(set);
  for (let index = 0; index < count; index++) {
    reader.copyInput(index, inputs, index * bytes);
    labels[index] = reader.label(index);
  }
  return { count, input, inputs, labels, owner };
}
