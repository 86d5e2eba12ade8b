/** The partitions that a recipe can name. */
import { Registry } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { dirichlet, dirichletBalanced } from './dirichlet.js';
import { iid } from './iid.js';
import { shards } from './shards.js';

export const partitions = new Registry<PartitionContext, Partition>('partition', [
  iid,
  shards,
  dirichlet,
  dirichletBalanced,
]);
