/** Every registry, by the name that `murmur list` and plugins use. */
import { algorithms } from '../algorithms/index.js';
import { datasets, features, partitions } from '../data/index.js';
import { losses, models } from '../learning/index.js';
import { mergeRules } from '../merging/index.js';
import { codecs } from '../protocol/index.js';
import type { Catalogue } from '../registry/index.js';
import { mixing, topologies } from '../topologies/index.js';

export const registries: Readonly<Record<string, Catalogue>> = {
  algorithms,
  models,
  losses,
  datasets,
  partitions,
  features,
  topologies,
  mixing,
  'merge-rules': mergeRules,
  codecs,
};
