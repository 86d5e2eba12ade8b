/** The registry of datasets: the kinds of a recipe's `data.dataset`. */
import { Registry } from '../../registry/index.js';
import type { Dataset } from '../dataset.js';
import { cifar10, cifar100 } from './cifar.js';
import { csv } from './csv.js';
import { emnist } from './emnist.js';
import { declared } from './declared.js';
import type { DatasetContext } from './entry.js';
import { idx } from './idx.js';
import { femnist, shakespeare } from './leaf.js';
import { fashionMnist, mnist } from './mnist.js';
import { sotu } from './sotu.js';
import { synthetic } from './synthetic.js';
import { text } from './text.js';

export const datasets = new Registry<DatasetContext, Dataset>('dataset', [
  mnist,
  fashionMnist,
  emnist,
  cifar10,
  cifar100,
  femnist,
  shakespeare,
  sotu,
  synthetic,
  idx,
  csv,
  text,
  declared,
]);
