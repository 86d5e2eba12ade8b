/** From a recipe to its objects: the data and who holds it, the model, the algorithm, the clients' behaviour. */
import type { Algorithm } from '../algorithms/index.js';
import {
  augmentation,
  datasets,
  features,
  holdOut,
  holdOutExamples,
  labelsOf,
  listPartition,
  measureSkew,
  openExamples,
  openPartition,
  localDataClients,
  partitions,
  partitionSubset,
  checkFiniteInputs,
  sharePartition,
  Shard,
  withLocalExamples,
  type Dataset,
  type FeatureSkew,
  type PartitionContext,
  type Skew,
} from '../data/index.js';
import { diskFiles, openLocalData } from '../data/host/index.js';
import {
  buildModel,
  checkObjective,
  classesOf,
  crossEntropy,
  initialWeights,
  losses,
  models,
  readWeights,
  refuseModel,
  type InputFormat,
} from '../learning/index.js';
import { range } from '../numerics/index.js';
import type { Choice } from '../registry/index.js';
import { codecs } from '../protocol/index.js';
import {
  graphFromEdges,
  mixingRounds,
  usualMixing,
  refuseDisconnected,
  staticTopology,
  topologies,
  type Topology,
} from '../topologies/index.js';
import { behaviour } from './behaviour.js';
import { RecipeError } from './errors.js';
import type { Federation, SharedFederation } from './federation.js';
import { checkFederation } from './check-federation.js';
import { fileChecksums, readerOf, readRecipeFiles, type RecipeFiles } from './files.js';
import { meanOf } from './distribution.js';
import type { Recipe } from './recipe.js';
import { refuseSingleExamples } from './single-examples.js';
import { algorithmOf } from './unread-fields.js';

/**
 * Loads the data, cuts it up and makes the algorithm.
 * @param files the content of the files that the recipe names, where they are not on this machine
 * @param checkData throws where the data on this machine are not those of the run
 * @param isRemote the recipe came over the wire: no file outside the data home is opened
 * @throws RecipeError, DataError, PartitionError: sentences about what cannot be
 */
export function buildFederation(
  recipe: Recipe,
  files = readRecipeFiles(recipe),
  checkData: (dataset: Dataset) => void = () => undefined,
  isRemote = false,
): Federation {
  const dataset = loadDataset(recipe, isRemote);
  checkData(dataset);
  return federationOn(recipe, dataset, files);
}

/** A recipe's dataset. @throws DataError if it is not there, or holds values that are not finite */
export function loadDataset({ data, seed }: Recipe, isRemote = false): Dataset {
  const dataset = datasets.create(data.dataset, { seed, files: diskFiles({ isRemote }) });
  checkFiniteInputs(dataset);
  return dataset;
}

/** The federation of a recipe whose dataset is loaded already. @throws as `buildFederation` */
export function federationOn(recipe: Recipe, dataset: Dataset, files = readRecipeFiles(recipe)): Federation {
  const checksums = { ...dataset.checksums, ...fileChecksums(recipe, files) };
  const federation = assemble({ recipe, dataset, ...divide(recipe, dataset), files, checksums });
  checkFederation(federation);
  return federation;
}

/**
 * The federation as it is for a worker with data of its own: one client's examples, and no others.
 * @param files the content of the files that the recipe names
 * @throws Error where the data are not what the recipe says they are
 */
export function buildOwnFederation(
  recipe: Recipe,
  client: number,
  path: string,
  files: RecipeFiles,
): Federation {
  const dataset = withLocalExamples(recipe.data.dataset, openLocalData(path));
  checkFiniteInputs(dataset);
  const clients = localDataClients(recipe.data.partition)?.length ?? 0;
  const lists = Array.from({ length: clients }, (_, index) =>
    index === client ? range(dataset.train.count) : [],
  );
  const own = { partition: listPartition(lists), validation: undefined, files, checksums: {} };
  const federation = assemble({ recipe, dataset, ...own });
  const refusal = refuseSingleExamples(recipe, own.partition, federation.model);
  if (refusal !== undefined) throw new Error(refusal);
  return federation;
}

/** Who trains on what, and what is held out of it. */
function divide({ seed, data }: Recipe, { train, classes, owners }: Dataset) {
  const context: PartitionContext = {
    seed,
    get labels() {
      return labelsOf(train);
    },
    classes,
    ...(train.owner && { owner: train.owner }),
    ...(owners && { owners }),
  };
  if (data.validation === undefined) {
    return { partition: partitions.create(data.partition, context), validation: undefined };
  }
  const { fraction: share, from: of } = data.validation;
  if (of === 'train') {
    const parts = holdOutExamples(train.count, share, seed);
    return {
      partition: partitionSubset(data.partition, context, parts.train),
      validation: parts.validation,
    };
  }
  const parts = holdOut(partitions.create(data.partition, context), share, seed);
  const held = Array.from(range(parts.validation.clients), (client) => [...parts.validation.indices(client)]);
  return { partition: parts.train, validation: Uint32Array.from(new Set(held.flat())).sort() };
}

export function shareFederation(federation: Federation): SharedFederation {
  const { recipe, dataset, partition, validation, files, checksums, initial } = federation;
  return {
    ...{ recipe, dataset, validation, files, checksums, initial },
    partition: sharePartition(partition),
  };
}

export const openFederation = ({ partition, ...shared }: SharedFederation): Federation =>
  assemble({ ...shared, partition: openPartition(partition) });

function assemble(
  parts: Pick<
    Federation,
    'recipe' | 'dataset' | 'partition' | 'validation' | 'files' | 'checksums' | 'initial'
  >,
): Federation {
  const { recipe, dataset, partition, files } = parts;
  const { train, classes } = dataset;
  const skewed =
    recipe.data.featureSkew &&
    features.create(recipe.data.featureSkew, {
      seed: recipe.seed,
      clients: partition.clients,
      input: train.input,
      labels: labelsOf(train),
      classes,
    });
  const input = skewed?.input ?? train.input;
  const heldOut = heldOutShards(parts, skewed, input);
  let skew: Skew | undefined;
  const algorithm = algorithmOf(recipe);
  const { model, objective } = modelFor(recipe, dataset, input, files);
  return {
    ...parts,
    skew: () => (skew ??= measureSkew(partition, openExamples(train), classes)),
    model,
    objective,
    algorithm,
    augment: recipe.data.augment && augmentation(recipe.data.augment, input),
    behaviour: behaviour(recipe, partition.clients),
    codec: codecs.create(recipe.network.codec ?? { kind: 'float32' }, undefined),
    network:
      algorithm.family === 'gossip'
        ? networkOf(recipe, algorithm, partition.clients, model.manifest.length, files)
        : undefined,
    shard: (client) => new Shard(train, partition.indices(client), skewed?.client(client), input),
    heldOut,
  };
}

/** The test set and the validation part, each made once: what a feature skew draws for them is then drawn once. */
function heldOutShards(
  { dataset: { train, test }, validation }: Pick<Federation, 'dataset' | 'validation'>,
  skewed: FeatureSkew | undefined,
  input: InputFormat,
): Federation['heldOut'] {
  const known = new Map<string, Shard>();
  return (on) => {
    const set = on === 'test' ? test : train;
    const indices = on === 'test' ? range(test.count) : validation;
    if (indices === undefined) {
      throw new RecipeError(
        'there is no validation part: give the recipe data.validation, e.g. { fraction: 0.1 }',
      );
    }
    const label = (index: number) => openExamples(set).label(index);
    const shard = known.get(on) ?? new Shard(set, indices, skewed?.heldOut?.({ on, indices, label }), input);
    known.set(on, shard);
    return shard;
  };
}

/** @throws RecipeError where layers do not fit each other or the data, or a teacher does not fit the model */
function modelFor(
  { model: choice, loss, engine }: Recipe,
  { name, train, classes }: Dataset,
  input: InputFormat,
  files: RecipeFiles,
): Pick<Federation, 'model' | 'objective'> {
  const context = { input: train.input.shape, classes, readFile: readerOf(files) };
  const objective = loss ? lossFor(loss, { ...context, model: choice }) : crossEntropy;
  try {
    const model = buildModel(models.create(choice, context));
    checkObjective(objective, model);
    const given = classesOf(model);
    if (given !== classes) {
      throw new RangeError(`its last layer gives ${given} logits, ${name} has ${classes} classes`);
    }
    const refusal = refuseModel(engine, model, objective, input);
    if (refusal !== undefined) throw new RangeError(refusal);
    return { model, objective };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RecipeError(`model: ${error.message}`, { cause: error });
  }
}

/** @throws RecipeError where a teacher's file does not hold weights of its model */
function lossFor(choice: Choice, context: Parameters<typeof losses.create>[1]) {
  try {
    return losses.create(choice, context);
  } catch (error) {
    throw new RecipeError(`loss: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function networkOf(
  recipe: Recipe,
  { mixes }: Extract<Algorithm, { family: 'gossip' }>,
  nodes: number,
  parameters: number,
  files: RecipeFiles,
): Federation['network'] {
  const { mixing, schedule, network, clients } = recipe;
  const made = topologyOf(recipe, nodes, files);
  const choice = mixing ?? usualMixing(made, mixes);
  return {
    topology: made,
    mixingChoice: choice,
    mixing: mixingRounds(made, choice),
    community: {
      nodes,
      synchronous: schedule.kind === 'synchronous',
      unreliable: network.loss > 0 || clients.availability < 1,
      instant: meanOf(network.latency) === 0 && network.bandwidth === undefined,
      parameters,
      topology: made,
      rounds: recipe.rounds,
    },
  };
}

/** The graph that messages travel over; without edges for an algorithm whose nodes exchange nothing. */
function topologyOf({ topology, seed }: Recipe, nodes: number, files: RecipeFiles): Topology {
  if (topology === undefined) return staticTopology(graphFromEdges(nodes, []));
  const made = topologies.create(topology, {
    ...{ seed, nodes },
    readFile: (path) => Buffer.from(readerOf(files)(path)).toString(),
  });
  const apart = refuseDisconnected(made, 'gossip');
  if (apart !== undefined) throw new RecipeError(apart);
  return made;
}

/**
 * The weights that everybody starts from: those that were sent, those of `init.file`, else drawn.
 * @throws RecipeError where the file does not hold weights of this model
 */
export function startingWeights({ recipe, model, files, initial }: Federation): Float32Array {
  if (initial !== undefined) return initial;
  const { file, seed = recipe.seed } = recipe.init;
  if (file === undefined) return initialWeights(model, seed);
  try {
    return readWeights(file, model, readerOf(files));
  } catch (error) {
    throw new RecipeError(`init.file ${error instanceof Error ? error.message : String(error)}`);
  }
}
