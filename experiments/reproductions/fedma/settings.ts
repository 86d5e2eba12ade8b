/** What is run for FedMA's page: ten clients, perceptrons of one and two hidden layers of 100 units. */
import type { MatchingOptions } from '../../../matching/index.js';

export const CLIENTS = 10;
export const seeds = [1, 2, 3];

export const datasets = { 'fashion-mnist': 'Fashion-MNIST', mnist: 'MNIST' } as const;
export type Dataset = keyof typeof datasets;
export const datasetNames = ['fashion-mnist', 'mnist'] as const;

const splits = {
  dirichlet: { kind: 'dirichlet', alpha: 0.5 },
  iid: { kind: 'iid' },
  shards: { kind: 'shards' },
} as const;
export type Split = keyof typeof splits;
export const splitNames = ['dirichlet', 'iid', 'shards'] as const;
export const splitLabels = { dirichlet: 'Dirichlet 0.5', iid: 'IID', shards: 'shards' } as const;

/**
 * The share of the training set that is held out before the rest is cut up: hyper-parameters are chosen on it. Where
 * clients are equally large they are left with 5,760 examples, 90 whole batches: with a last batch of few examples, the
 * last step is a noisy one, and networks that are merged right after it suffer.
 */
export const heldOut = { dirichlet: 0.05, iid: 0.04, shards: 0.04 } as const;

export const dataOf = (dataset: Dataset, split: Split) => ({
  dataset,
  partition: { ...splits[split], clients: CLIENTS },
  validation: { fraction: heldOut[split], from: 'train' },
});

/** What matching is told: the variances σ² and σ₀², the mass γ and the estimate of a global unit. */
export type Prior = Pick<MatchingOptions, 'sigma' | 'sigma0' | 'gamma' | 'estimate'>;

/** The reference code was run with these; its estimate is the posterior mean. */
export const referencePriors = [
  { sigma: 1, sigma0: 1, gamma: 1 },
  { sigma: 1, sigma0: 10, gamma: 1 },
  { sigma: 1, sigma0: 10, gamma: 50 },
  { sigma: 0.1, sigma0: 10, gamma: 1 },
] as const;

const prior = (sigma0: number, gamma: number): Prior => ({
  sigma: 1,
  sigma0,
  gamma,
  estimate: 'popularity-mean',
});

/** What PFNM and SPAHM choose from on the validation part. SPAHM estimates its variances anew in each sweep. */
export const priors: Readonly<Record<'pfnm' | 'spahm', readonly Prior[]>> = {
  pfnm: [prior(1, 1), prior(10, 50)],
  spahm: [prior(1, 1), prior(1, 50)],
};

export interface OneShotSetting {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly hidden: readonly number[];
  /** Whether clients start from one initialisation or each from its own. */
  readonly start: 'own' | 'common';
}

export const starts = ['own', 'common'] as const;
export const widths = [[100], [100, 100]] as const;

/** In the order of the table. */
export const oneShotSettings: readonly OneShotSetting[] = datasetNames.flatMap((dataset) =>
  splitNames.flatMap((split) =>
    widths.flatMap((hidden) => starts.map((start) => ({ dataset, split, hidden, start }))),
  ),
);

/** Local training of the one-shot table: as in the runs of the reference code. */
export const oneShotTraining = {
  amount: { epochs: 10 },
  batchSize: 64,
  optimizer: { kind: 'sgd', learningRate: 0.05, momentum: 0.9 },
} as const;

/** Rounds of the runs by rounds: four passes of FedMA, whose networks have three layers there. */
export const EXCHANGES = 12;
export const ROUNDS_HIDDEN = [100, 100];

export interface RoundsSetting {
  readonly dataset: Dataset;
  readonly split: Split;
  /** E, a client's epochs in a round. */
  readonly epochs: number;
  readonly rate: number;
  readonly method: 'fedma' | 'fedavg' | 'fedprox';
  /** Of FedProx. */
  readonly mu?: number;
  /** Of FedMA. */
  readonly prior?: Omit<Prior, 'estimate'>;
}

export const methods = ['fedavg', 'fedprox', 'fedma'] as const;
export const methodLabels = { fedavg: 'FedAvg', fedprox: 'FedProx', fedma: 'FedMA' } as const;

/** Local epochs: the usual number first. */
export const EPOCHS = 5;
export const epochCounts = [EPOCHS, 1, 20] as const;
/** Learning rates: the one that every number of epochs is run with first. */
const RATE = 0.05;
const rates = [RATE, 0.01] as const;

/** What each method chooses from on the validation part; the most telling first. */
const choices = rates.flatMap((rate): Pick<RoundsSetting, 'method' | 'mu' | 'prior' | 'rate'>[] => [
  { method: 'fedavg', rate },
  { method: 'fedma', prior: referencePriors[2], rate },
  { method: 'fedprox', mu: 0.01, rate },
  { method: 'fedma', prior: referencePriors[0], rate },
  { method: 'fedprox', mu: 0.1, rate },
]);

/** In the order in which they are run. */
export const roundsSettings: readonly RoundsSetting[] = epochCounts.flatMap((epochs) =>
  datasetNames.flatMap((dataset) =>
    choices.map((choice): RoundsSetting => ({ dataset, split: 'dirichlet', epochs, ...choice })),
  ),
);

/** Other rates only with the usual number of epochs. */
export const isPlanned = ({ epochs, rate }: RoundsSetting) => epochs === EPOCHS || rate === RATE;
