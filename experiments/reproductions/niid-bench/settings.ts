/**
 * NIID-Bench (Li et al., ICDE 2022, arXiv 2102.02079) as Flower's baseline ran it again: its settings, and the table in
 * the README of adap/flower's baselines/niid_bench, best test accuracies of any round in per cent.
 */

/** What four algorithms are told in common: that baseline's configuration. */
export const CLIENTS = 10;
export const ROUNDS = 50;
export const EPOCHS = 10;
export const BATCH = 64;
export const RATE = 0.01;
export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 1e-5;
/** FedProx's μ: the baseline's default, of the four values that its table chose from. */
export const MU = 0.01;

export const algorithms = ['fedavg', 'scaffold', 'fedprox', 'fednova'] as const;
export type Algorithm = (typeof algorithms)[number];
export const algorithmLabels = {
  fedavg: 'FedAvg',
  scaffold: 'SCAFFOLD',
  fedprox: 'FedProx',
  fednova: 'FedNova',
} as const;

export const datasets = { 'fashion-mnist': 'Fashion-MNIST', mnist: 'MNIST' } as const;
export type Dataset = keyof typeof datasets;

const splits = {
  iid: { kind: 'iid' },
  dirichlet: { kind: 'dirichlet-balanced', alpha: 0.5 },
  'labels-1': { kind: 'labels', labelsPerClient: 1 },
  'labels-2': { kind: 'labels', labelsPerClient: 2 },
  'labels-3': { kind: 'labels', labelsPerClient: 3 },
} as const;
export type Split = keyof typeof splits;
export const partitionOf = (split: Split) => ({ ...splits[split], clients: CLIENTS });
export const splitLabels: Readonly<Record<Split, string>> = {
  iid: 'IID',
  dirichlet: 'Dirichlet 0.5',
  'labels-1': '1 label',
  'labels-2': '2 labels',
  'labels-3': '3 labels',
};

/** A published mean over seeds, and its standard deviation. */
export type Published = readonly [mean: number, deviation: number];

/** Published figures in the order of `algorithms`. */
export interface Row {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly published: readonly [Published, Published, Published, Published];
  /** Runs without being asked for. */
  readonly planned: boolean;
}

const row = (
  dataset: Dataset,
  split: Split,
  ...published: [Published, Published, Published, Published]
): Row => ({
  dataset,
  split,
  published,
  planned: dataset === 'fashion-mnist' && (split === 'iid' || split === 'dirichlet'),
});

export const rows: readonly Row[] = [
  row('fashion-mnist', 'iid', [89.23, 0.45], [89.33, 0.27], [89.42, 0.09], [89.36, 0.09]),
  row('fashion-mnist', 'dirichlet', [88.09, 0.29], [88.44, 0.25], [88.15, 0.42], [88.22, 0.12]),
  row('fashion-mnist', 'labels-1', [28.39, 17.09], [10, 0], [32.65, 6.68], [16.86, 9.3]),
  row('fashion-mnist', 'labels-2', [78.1, 2.51], [33.8, 41.22], [78.05, 0.99], [71.67, 2.34]),
  row('fashion-mnist', 'labels-3', [82.43, 1.52], [80.32, 5.03], [82.99, 0.48], [81.97, 1.34]),
  row('mnist', 'iid', [99.09, 0.05], [99.06, 0.15], [99.16, 0.04], [99.05, 0.06]),
  row('mnist', 'dirichlet', [98.89, 0.07], [99.07, 0.06], [99.02, 0.02], [98.03, 0.06]),
  row('mnist', 'labels-1', [19.33, 11.82], [9.93, 0.12], [51.79, 26.75], [52.58, 14.08]),
  row('mnist', 'labels-2', [96.86, 0.3], [96.92, 0.52], [96.85, 0.15], [96.65, 0.39]),
  row('mnist', 'labels-3', [97.86, 0.34], [97.91, 0.1], [97.85, 0.06], [97.62, 0.07]),
];

/** The most that a figure may be off. */
export const TOLERANCE = 1.5;
