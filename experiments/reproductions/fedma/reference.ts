/**
 * What the authors' code gave on Fashion-MNIST with ten clients: IBM/FedMA, matching/pfnm_communication.py
 * (layer_group_descent), with local training by PyTorch as in our runs, on a two-core machine, one run each. Seconds
 * are of the wall clock, for the matching.
 */
import type { OneShotSetting, Split } from './settings.js';

export interface ReferenceRun {
  readonly local: number;
  readonly average: number;
  readonly softmax: number;
  /** With each of the reference priors, in their order. */
  readonly pfnm: readonly (readonly [accuracy: number, widths: string, seconds: number])[];
}

type Row = readonly [
  split: Split,
  layers: 1 | 2,
  start: OneShotSetting['start'],
  local: number,
  average: number,
  softmax: number,
  ...ReferenceRun['pfnm'],
];

const rows: readonly Row[] = [
  [
    'dirichlet',
    1,
    'own',
    0.699,
    0.1092,
    0.8342,
    [0.7982, '100', 1.82],
    [0.8001, '103', 1.78],
    [0.8239, '279', 4.04],
    [0.8171, '395', 5.91],
  ],
  [
    'dirichlet',
    1,
    'common',
    0.7077,
    0.7196,
    0.8458,
    [0.7384, '100', 1.52],
    [0.7656, '102', 1.61],
    [0.8031, '253', 3.52],
    [0.7973, '324', 4.63],
  ],
  [
    'dirichlet',
    2,
    'own',
    0.6987,
    0.1,
    0.8406,
    [0.7228, '100 × 100', 2.29],
    [0.7907, '111 × 100', 2.62],
    [0.7677, '307 × 226', 6.6],
    [0.7759, '539 × 100', 9.75],
  ],
  [
    'dirichlet',
    2,
    'common',
    0.6897,
    0.6393,
    0.845,
    [0.6046, '100 × 100', 1.91],
    [0.6284, '105 × 100', 2.01],
    [0.755, '289 × 226', 5.7],
    [0.7558, '443 × 100', 7.16],
  ],
  [
    'iid',
    1,
    'own',
    0.8224,
    0.1,
    0.8545,
    [0.835, '100', 1.84],
    [0.8347, '100', 1.71],
    [0.8289, '298', 4.38],
    [0.8366, '474', 7.36],
  ],
  [
    'iid',
    1,
    'common',
    0.8251,
    0.8391,
    0.8551,
    [0.8361, '100', 1.58],
    [0.8394, '100', 1.56],
    [0.807, '235', 3.26],
    [0.7917, '277', 4.38],
  ],
  [
    'shards',
    1,
    'own',
    0.1971,
    0.4322,
    0.3855,
    [0.227, '100', 1.94],
    [0.2481, '102', 1.79],
    [0.3845, '244', 3.8],
    [0.3117, '206', 3.12],
  ],
  [
    'shards',
    1,
    'common',
    0.1971,
    0.3204,
    0.3897,
    [0.3963, '100', 1.48],
    [0.3959, '101', 1.5],
    [0.3274, '226', 3.25],
    [0.3466, '183', 2.45],
  ],
];

/** Undefined where the code was not run. */
export function referenceOf({ dataset, split, hidden, start }: OneShotSetting): ReferenceRun | undefined {
  if (dataset !== 'fashion-mnist') return undefined;
  const row = rows.find((known) => known[0] === split && known[1] === hidden.length && known[2] === start);
  if (row === undefined) return undefined;
  const [, , , local, average, softmax, ...pfnm] = row;
  return { local, average, softmax, pfnm };
}
