/** What a worker makes of a recipe that came over the wire, and the training that it does with it. */
import { totalmem } from 'node:os';
import { sharePartition, listPartition, type Dataset } from '../../data/index.js';
import { createExecutor } from '../../execution/host/index.js';
import { gossipMemory, refuseTooMuchMemory, Slabs } from '../../gossip/index.js';
import { isSystemError } from '../../errors/index.js';
import { layoutHash, partitionHash } from '../../rounds/index.js';
import {
  performAll,
  evaluatePart,
  update,
  type Executor,
  type UpdateResult,
  type UpdateTask,
} from '../../execution/index.js';
import type { ModelSpec } from '../../learning/index.js';
import { canonicalJson, largestSize, sha256 } from '../../numerics/index.js';
import {
  finiteOrNull,
  numbersOf,
  ProtocolError,
  type MessageOf,
  type Tensors,
} from '../../protocol/index.js';
import {
  bitsOf,
  buildFederation,
  buildOwnFederation,
  differingFile,
  fileChecksums,
  namedFiles,
  openFederation,
  outsidePath,
  parseRecipe,
  recipeHash,
  sharedBytes,
  shareFederation,
  startingWeights,
  type Federation,
  type Recipe,
  type RecipeFiles,
} from '../../recipe/index.js';
import { checkOwn, type Hashes } from '../index.js';
import type { PreparedRun } from './gossip-nodes.js';

export interface TrainingRuntimeOptions {
  readonly threads: number;
  readonly plugins: readonly string[];
  /** The file or folder of the worker's own data, where it brings some. */
  readonly data?: string | undefined;
  /** Opens data in the working folder too: the coordinator is the same user's, on this machine. */
  readonly isLocal?: boolean | undefined;
}

type Welcome = MessageOf<'welcome'>;

export class TrainingRuntime {
  #made: (PreparedRun & { readonly source: string }) | undefined;
  #hashes: Hashes | undefined;

  constructor(readonly options: TrainingRuntimeOptions) {}

  /**
   * Makes everything of the recipe, once for a recipe, its data and the files that it names.
   * @throws ProtocolError where this machine cannot take part, with a sentence that says why
   */
  async prepare({ recipe: text, hashes, tensors }: Welcome, clients: readonly number[]): Promise<Hashes> {
    const recipe = read(text);
    const hash = recipeHash(recipe);
    const files = filesIn(recipe, tensors);
    const source = canonicalJson([hash, hashes.data, fileChecksums(recipe, files)]);
    if (this.#made?.source !== source) {
      await this.#made?.executor.close();
      this.#made = undefined;
      const federation = this.#build(recipe, clients, files, hashes.data);
      const executor = createExecutor(federation, { ...this.options, apart: true });
      this.#made = {
        source,
        federation,
        executor,
        nodes: clients,
        slabs: slabsFor(federation, executor, clients),
      };
    }
    this.#made = { ...this.#made, nodes: clients };
    const { federation } = this.#made;
    const last = clients.at(-1) ?? 0;
    if (last >= federation.partition.clients) {
      throw new ProtocolError(
        'noSuchClient',
        `the welcome gives this worker client ${last}, and the recipe has none`,
      );
    }
    return (this.#hashes = {
      recipe: hash,
      bits: bitsOf(recipe),
      data: this.options.data === undefined ? federation.dataset.checksums : {},
      layout: layoutHash(federation.model.manifest),
      partition: partitionHash(federation.partition, clients),
      weights:
        recipe.init.file === undefined ? sha256(startingWeights(federation)) : unseen(hashes, federation),
    });
  }

  /** Of the worker's own data, which are its one client's, or of the run's, which must be the coordinator's. */
  #build(recipe: Recipe, clients: readonly number[], files: RecipeFiles, data: Hashes['data']): Federation {
    // Weights out of a file of the coordinator's come with its messages.
    const { file, ...init } = recipe.init;
    const needed = { ...recipe, init };
    const { data: own } = this.options;
    const checkData = ({ checksums }: Dataset) => {
      const other = differingFile({ at: 'at the coordinator', checksums: data }, { at: 'here', checksums });
      if (other !== undefined) {
        throw new Error(`${other}: use the coordinator's data, or data of your own (join --data)`);
      }
    };
    try {
      return own === undefined
        ? buildFederation(needed, files, checkData, this.options.isLocal !== true)
        : buildOwnFederation(needed, clients[0], own, files);
    } catch (error) {
      if (isSystemError(error)) throw error;
      throw new ProtocolError('dataUnfit', sentenceOf(error));
    }
  }

  /** Takes over the lists of examples and the weights that the coordinator sent, where this machine has made others. */
  async adopt(mismatch: MessageOf<'mismatch'>): Promise<Hashes> {
    const { differs, clients = [], tensors } = mismatch;
    if (this.#made === undefined || this.#hashes === undefined) {
      throw new ProtocolError('unexpected', 'a mismatch came before the recipe was made');
    }
    const { federation, executor } = this.#made;
    let hashes = this.#hashes;
    let shared = shareFederation(federation);
    if (differs.includes('weights')) {
      const initial = initialOf(tensors, federation);
      shared = { ...shared, initial };
      hashes = { ...hashes, weights: sha256(initial) };
    }
    if (differs.includes('partition')) {
      const lists = Array.from({ length: federation.partition.clients }, (_, client) =>
        federation.partition.indices(client),
      );
      for (const [client, list] of sentLists(mismatch, this.#made)) lists[client] = list;
      const partition = listPartition(lists);
      shared = { ...shared, partition: sharePartition(partition) };
      hashes = { ...hashes, partition: partitionHash(partition, clients) };
    }
    await executor.close();
    const corrected = openFederation(shared);
    const corrector = createExecutor(corrected, { ...this.options, apart: true });
    const slabs = slabsFor(corrected, corrector, this.#made.nodes);
    this.#made = { ...this.#made, federation: corrected, executor: corrector, slabs };
    return (this.#hashes = hashes);
  }

  /** Whether a thread has ended by itself. */
  get hasDied(): boolean {
    return this.#made?.executor.hasDied ?? false;
  }

  /** What was made of the recipe. */
  get made(): PreparedRun {
    if (this.#made === undefined) throw new ProtocolError('unexpected', 'work came before the recipe');
    return this.#made;
  }

  train(task: UpdateTask): Promise<UpdateResult> {
    return this.made.executor.perform(update, task);
  }

  /** Takes the memory of an answer that nobody reads any more. */
  recycle(buffer: ArrayBuffer): void {
    this.#made?.executor.recycle(buffer);
  }

  async evaluate(
    clients: readonly number[],
    weights: Float32Array,
    spec: ModelSpec | undefined,
  ): Promise<MessageOf<'evaluated'>['results']> {
    const model = spec ?? this.#made?.federation.model.spec;
    if (model === undefined) throw new ProtocolError('unexpected', 'an evaluation came before the recipe');
    const results = new Array<MessageOf<'evaluated'>['results'][number]>(clients.length);
    const tasks = clients.map((client) => ({ spec: model, weights, on: { client } }));
    await performAll(this.made.executor, evaluatePart, tasks, ({ count, correct, lossSum }, index) => {
      results[index] = { client: clients[index], count, correct, lossSum: finiteOrNull(lossSum) };
    });
    return results;
  }

  async close(): Promise<void> {
    await this.#made?.executor.close();
  }
}

/**
 * The hash of weights out of a file, which is the coordinator's: clients are sent them with their tasks, gossip nodes
 * where the hash that they tell is wrong.
 */
const unseen = ({ weights }: Hashes, { algorithm, initial }: Federation) =>
  algorithm.family !== 'gossip' ? weights : initial === undefined ? '0'.repeat(64) : sha256(initial);

/** @throws ProtocolError where the weights that were sent are not those of the recipe's model */
function initialOf(tensors: Tensors, { model }: Federation): Float32Array {
  const sent = numbersOf(tensors, 'weights', 'float32').slice();
  const { length } = model.manifest;
  if (sent.length !== length || !Number.isFinite(largestSize(sent))) {
    throw new ProtocolError(
      'unexpected',
      `weights of a mismatch are ${sent.length} values; they must be ${length} finite ones`,
    );
  }
  return sent;
}

/**
 * The lists of examples that were sent, by client.
 * @throws ProtocolError where they are not of this worker's clients, or name examples that there are not
 */
function sentLists(
  { clients = [], sizes = [], tensors }: MessageOf<'mismatch'>,
  { nodes, federation }: PreparedRun,
): Map<number, Uint32Array> {
  const refuse = (sentence: string) => new ProtocolError('unexpected', sentence);
  checkOwn('clients of a mismatch', clients, new Set(nodes));
  const sent = numbersOf(tensors, 'partition', 'uint32');
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length !== clients.length || total !== sent.length) {
    throw refuse(
      `sizes of a mismatch are ${sizes.length} for ${clients.length} clients, ${total} examples of ${sent.length} in all`,
    );
  }
  const { count } = federation.dataset.train;
  if (sent.some((example) => example >= count)) {
    throw refuse(`partition of a mismatch names examples that are not among the ${count} of the data`);
  }
  let first = 0;
  return new Map(
    clients.map((client, i) => {
      const list = sent.slice(first, first + sizes[i]);
      first += sizes[i];
      return [client, list];
    }),
  );
}

function read(text: string): Recipe {
  let recipe: Recipe;
  try {
    recipe = parseRecipe(text);
  } catch (error) {
    throw new ProtocolError(
      'recipeDiffers',
      `the coordinator's recipe is not understood here: ${sentenceOf(error)}; use the same version on both`,
    );
  }
  const outside = outsidePath(recipe);
  if (outside !== undefined) {
    throw new ProtocolError(
      'dataUnfit',
      `${outside.field} names the path ${outside.path}; a worker opens no path that comes over the wire: import the data (murmur data import) and let the recipe name them relative to the data home`,
    );
  }
  return recipe;
}

/**
 * Memory for the vectors of gossip nodes; of other clients there are none.
 * @throws ProtocolError where this machine has too little for them
 */
function slabsFor(federation: Federation, executor: Executor, nodes: readonly number[]): Slabs {
  const { algorithm } = federation;
  const memory =
    algorithm.family === 'gossip' ? gossipMemory(federation, algorithm, nodes.length) : undefined;
  try {
    if (memory) refuseTooMuchMemory(memory, totalmem());
  } catch (error) {
    throw new ProtocolError('dataUnfit', sentenceOf(error));
  }
  return new Slabs(memory?.bytes ?? 0, executor.threads, (slab) => {
    executor.open(slab);
  });
}

/**
 * The content of the files that the recipe names, which are the coordinator's: none is opened here.
 * @throws ProtocolError where the content of one did not come with the welcome
 */
function filesIn(recipe: Recipe, tensors: Tensors): RecipeFiles {
  // Weights to start from come with tasks, or in a mismatch.
  const named = namedFiles(recipe).filter(([field]) => field !== 'init.file');
  const missing = named.find(([field]) => !tensors.has(`file/${field}`));
  if (missing !== undefined) {
    const [field, path] = missing;
    throw new ProtocolError(
      'dataUnfit',
      `${field} names the file ${path}, whose content the coordinator did not send; a worker opens no path that comes over the wire`,
    );
  }
  return Object.fromEntries(
    named.map(([field, path]) => [path, sharedBytes(numbersOf(tensors, `file/${field}`, 'bytes'))]),
  );
}

const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
