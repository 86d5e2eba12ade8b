/** FedMA on convolutions and on an LSTM, in passes of one round a layer, beside FedAvg and FedProx: what is run. */
import type { Cell } from '../reproduction.js';
import { measureRounds, roundsSchema, type Rounds } from './rounds.js';
import { dataOf, type RoundsSetting } from './settings.js';

const pool = { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' };
const conv = (filters: number) => ({
  ...{ kind: 'conv2d', filters, kernel: 5, stride: 1, padding: 'valid', activation: 'relu' },
});

/** LeNet as FedMA's code has it: 20 and 50 filters without padding, then 500 units. */
const lenet = {
  kind: 'layers',
  layers: [
    ...[conv(20), pool, conv(50), pool],
    { kind: 'dense', units: 500, activation: 'relu' },
    { kind: 'dense', units: 10, activation: 'none' },
  ],
};

/** The presidents since 1981, each a client; a window is 80 characters, and the next one is foretold. */
const speeches = {
  dataset: { kind: 'sotu', from: 1981 },
  partition: 'natural',
  validation: { fraction: 0.05, from: 'train' },
};

/** A quarter of the units that FedMA's LSTM has, so that a run takes minutes; its own 256 run on request. */
const units = { 'LSTM 64': 64, 'LSTM 256': 256 } as const;

const charLstm = (name: keyof typeof units) => ({
  data: speeches,
  dataLabel: 'speeches',
  model: { kind: 'char-lstm', units: units[name], depth: 1, predict: 'last' },
  hidden: [8, units[name]],
  rate: 0.25,
  weightDecay: 1e-4,
  batchSize: 50,
  mu: 0.001,
  priors: [{ sigma: 1, sigma0: 1, gamma: 0.001 }],
  epochs: 5,
  pass: 3,
  planned: name === 'LSTM 64',
});

export const kinds = {
  LeNet: {
    data: dataOf('mnist', 'dirichlet'),
    dataLabel: 'MNIST',
    model: lenet,
    hidden: [20, 50, 500],
    rate: 0.01,
    weightDecay: 0,
    batchSize: 64,
    mu: 0.01,
    priors: [
      { sigma: 1, sigma0: 1, gamma: 7 },
      { sigma: 1, sigma0: 10, gamma: 50 },
    ],
    epochs: 1,
    pass: 4,
    planned: true,
  },
  'LSTM 64': charLstm('LSTM 64'),
  'LSTM 256': charLstm('LSTM 256'),
} as const;
export type Kind = keyof typeof kinds;
export const kindNames = ['LeNet', 'LSTM 64', 'LSTM 256'] as const;

/** Passes of FedMA in a run: one layer by layer, one with communication. */
export const PASSES = 2;
export const roundsOf = (kind: Kind) => PASSES * kinds[kind].pass;

export interface KindSetting extends Pick<RoundsSetting, 'method' | 'prior'> {
  readonly kind: Kind;
}

export const settingsOf = (kind: Kind): readonly KindSetting[] => [
  { kind, method: 'fedavg' },
  ...kinds[kind].priors.map((prior): KindSetting => ({ kind, method: 'fedma', prior })),
  { kind, method: 'fedprox' },
];

export const kindSettings: readonly KindSetting[] = kindNames.flatMap(settingsOf);

export function kindCell({ kind, method, prior }: KindSetting, seed: number): Cell<Rounds> {
  const { data, model, hidden, rate, weightDecay, batchSize, mu, epochs, planned } = kinds[kind];
  const change = prior === undefined ? [] : [`prior=${prior.sigma},${prior.sigma0},${prior.gamma}`];
  return {
    name: ['kinds', kind, method, ...change, `seed=${seed}`].join('/'),
    recipe: {
      seed,
      data,
      model,
      algorithm: {
        kind: method,
        fraction: 1,
        amount: { epochs },
        batchSize,
        optimizer: { kind: 'sgd', learningRate: rate, momentum: 0.9, weightDecay },
        ...(method === 'fedprox' && { mu }),
        ...(prior !== undefined && { matching: prior }),
      },
      rounds: roundsOf(kind),
      evaluate: { on: ['validation', 'test'] },
    },
    onRequest: !planned,
    recorded: roundsSchema,
    run: (recipe, options) => measureRounds(recipe, options, hidden),
  };
}
