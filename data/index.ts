export type { Dataset, ExampleSet, GeneratedExamples, StoredExamples } from './dataset.js';
export type { ExampleReader } from './example-reader.js';
export { inputBytes, labelsOf, openExamples } from './examples.js';
export { checkFiniteInputs } from './check-finite-inputs.js';
export { Shard } from './shard.js';
export type { Partition, PartitionContext, SharedPartition } from './partition.js';
export { localDataClients } from './partitions/local.js';
export { partitions } from './partitions/index.js';
export { listPartition } from './partitions/lists.js';
export { PartitionError } from './partitions/partition-error.js';
export { openPartition, sharePartition } from './partitions/share.js';
export {
  FeatureError,
  features,
  type FeatureContext,
  type FeatureSkew,
  type HeldOutSet,
} from './features/index.js';
export { augmentation, type Augmentation } from './augmentation.js';
export { partitionSubset } from './partitions/subset.js';
export { holdOut, holdOutExamples, type HeldOut } from './validation.js';
export { labelCounts, measureSizes, measureSkew, type Skew } from './skew.js';
export { withLocalExamples } from './datasets/declared.js';
export { countLocalExamples } from './local-examples.js';
export { datasets } from './datasets/index.js';
export type { DatasetContext } from './datasets/entry.js';
export {
  catalogue,
  catalogueEntry,
  isCatalogued,
  type CatalogueEntry,
  type CatalogueName,
} from './catalogue.js';
export type { DataFile, DataFolder, DatasetFiles, FileContent } from './dataset-files.js';
