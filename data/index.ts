export type { Dataset, ExampleSet, InputFormat } from './dataset.js';
export { Shard, type Transform } from './shard.js';
export type { Partition } from './partition.js';
