/** The registry of datasets: what a recipe can name under `data.dataset`. */
import { Registry } from '../../registry/index.js';
import type { Dataset } from '../dataset.js';
import type { DatasetContext } from './entry.js';
import { mnist } from './mnist.js';
import { synthetic } from './synthetic.js';

export const datasets = new Registry<DatasetContext, Dataset>('dataset', [mnist, synthetic]);
