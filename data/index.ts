export type { Dataset, ExampleSet, InputFormat } from './dataset.js';
export { Shard, type Transform } from './shard.js';
export type { Partition, PartitionContext, SharedPartition } from './partition.js';
export { partitions } from './partitions/index.js';
export { listPartition } from './partitions/lists.js';
export { PartitionError } from './partitions/partition-error.js';
export { openPartition, sharePartition } from './partitions/share.js';
