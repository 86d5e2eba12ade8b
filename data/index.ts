export type { Dataset, ExampleSet, GeneratedExamples, InputFormat, StoredExamples } from './dataset.js';
export { inputBytes, labelsOf, openExamples, type ExampleReader } from './examples.js';
export { refuseNotFinite } from './finite-inputs.js';
export { Shard, type Transform } from './shard.js';
export type { Partition, PartitionContext, SharedPartition } from './partition.js';
export { ownDataClients } from './partitions/local.js';
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
export { withOwnExamples } from './datasets/declared.js';
export { countOwnExamples } from './own-examples.js';
export { datasets } from './datasets/index.js';
export type { DatasetContext } from './datasets/entry.js';
export { defaultDataHome } from './home.js';
export { isCatalogued, locate, whereIs, type LocatedFile } from './locate.js';
export { catalogue, catalogued, type CatalogueEntry, type CataloguedName } from './catalogue.js';
export { getDataset, type GetOptions } from './fetch.js';
export { DownloadInterruptedError, type Progress } from './download.js';
export { importDataset } from './import.js';
