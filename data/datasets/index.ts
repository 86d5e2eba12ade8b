/** The registry of datasets: what a recipe can name under `data.dataset`. */
import { Registry } from '../../registry/index.js';
import type { Dataset } from '../dataset.js';
import { cifar10, cifar100 } from './cifar.js';
import { emnist } from './emnist.js';
import type { DatasetContext } from './entry.js';
import { idx } from './idx.js';
import { fashionMnist, mnist } from './mnist.js';
import { synthetic } from './synthetic.js';

export const datasets = new Registry<DatasetContext, Dataset>('dataset', [
  mnist,
  fashionMnist,
  emnist,
  cifar10,
  cifar100,
  synthetic,
  idx,
]);
