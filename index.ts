/**
 * The library's door: `import { simulate } from 'murmuration-fl'`. What it takes to run recipes from a program,
 * and what a plugin needs to add an algorithm, a partition, a topology or a merge rule of its own.
 */

// Recipes and runs.
export {
  loadPlugins,
  parseRecipe,
  readRecipe,
  RecipeError,
  recipeHash,
  recipeJsonSchema,
  registries,
  writeRecipe,
  type Federation,
  type Recipe,
} from './recipe/index.js';
export { DivergedError } from './errors/index.js';
export { InterruptedError, simulate, type SimulateOptions, type SimulateResult } from './simulator/index.js';
export { readEvents, readRecord } from './records/host/index.js';
export { RunDirectoryError, type RunEvent, type RunRecord } from './records/index.js';

// Sweeps.
export {
  expandSweep,
  parseSweep,
  readSweep,
  runSweep,
  type Sweep,
  type SweepEvent,
  type SweepOptions,
  type SweepResult,
  type ExpandedRun,
  type SweepRun,
} from './experiments/sweep/index.js';

// What entries are made with. Schemas must come from this copy of zod.
export { z } from 'zod';
export { define, filePath, optionsSchema, type Choice, type Entry, type Registry } from './registry/index.js';
export { stream, type Stream } from './numerics/index.js';

// Algorithms.
export {
  addMean,
  addScaled,
  algorithms,
  combine,
  deltaAveraging,
  difference,
  localOptions,
  localSgd,
  plainClient,
  scaled,
  selectClients,
  selectionOptions,
  type Algorithm,
  type AlgorithmContext,
  type ClientUpdate,
  type ClientRule,
  type CollectingAlgorithm,
  type FederatedAlgorithm,
  type GossipAlgorithm,
  type LocalOptions,
  type LocalTools,
  type Payload,
  type Plan,
  type ServerRule,
  type SummingAlgorithm,
} from './algorithms/index.js';

// Models and data.
export {
  decodeSafetensors,
  encodeSafetensors,
  models,
  view,
  type Manifest,
  type Model,
  type ModelContext,
  type Tensor,
  type Weights,
} from './learning/index.js';
export {
  datasets,
  features,
  listPartition,
  partitions,
  type DataFile,
  type DataFolder,
  type Dataset,
  type DatasetContext,
  type DatasetFiles,
  type Partition,
  type PartitionContext,
} from './data/index.js';
export { diskFiles } from './data/host/index.js';

// Topologies and merge rules.
export {
  defineTopology,
  graphFromEdges,
  staticTopology,
  timeVaryingTopology,
  topologies,
  type Topology,
  type TopologyContext,
} from './topologies/index.js';
export {
  mergeRule,
  mergeRules,
  type Contribution,
  type MergeContext,
  type Merged,
  type MergeInput,
  type MergeRule,
  type Received,
  type WholeFold,
  type WholeRule,
} from './merging/index.js';
