/** The registry of partitions: the kinds of a recipe's `data.partition`. */
import { Registry } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { dirichletDraw } from './dirichlet-draw.js';
import { dirichlet, dirichletBalanced } from './dirichlet.js';
import { iid } from './iid.js';
import { labels } from './labels.js';
import { local } from './local.js';
import { natural } from './natural.js';
import { quantityDirichlet, quantityPowerLaw } from './quantity.js';
import { shards } from './shards.js';

export const partitions = new Registry<PartitionContext, Partition>('partition', [
  iid,
  shards,
  dirichlet,
  dirichletBalanced,
  dirichletDraw,
  labels,
  quantityDirichlet,
  quantityPowerLaw,
  natural,
  local,
]);
