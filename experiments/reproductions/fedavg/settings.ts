/**
 * The tables of McMahan et al. 2017 (arXiv 1602.05629) as settings: what is trained, on what, until which accuracy,
 * and how many rounds the paper needed.
 */

/** One entry of a table. */
export interface Setting {
  readonly model: '2nn' | 'cnn';
  readonly split: Split;
  /** C, the share of the clients in a round; 0 is one client. */
  readonly fraction: number;
  /** E, local epochs. */
  readonly epochs: number;
  /** B, the local batch; ∞ is a client's whole set. */
  readonly batch: number;
  /** Rounds in the paper; undefined where it did not reach the target. */
  readonly paper: number | undefined;
  /** Runs without being asked for. */
  readonly planned: boolean;
}

export type Split = 'iid' | 'shards';

/** Test accuracy that a run must reach. */
export const target = ({ model }: Pick<Setting, 'model'>) => (model === '2nn' ? 0.97 : 0.99);

/** A row of a table: settings side by side, as in the paper. */
export interface Row {
  readonly label: string;
  readonly settings: readonly Setting[];
}

/** E, B, and the paper's rounds on either split. */
type LocalWork = readonly [epochs: number, batch: number, iid: number, shards: number];

const fractions = [0, 0.1, 0.2, 0.5, 1];
const none = undefined;

/** The CNN takes long: of its rates this one is run without being asked for. */
export const RATE_OF_CNN = 0.1;

/** Table 1's columns, from C = 0 to C = 1. */
const columns: readonly (Pick<Setting, 'model' | 'split' | 'epochs' | 'batch'> & {
  readonly paper: readonly (number | undefined)[];
})[] = [
  { model: '2nn', split: 'iid', epochs: 1, batch: Infinity, paper: [1455, 1474, 1658, none, none] },
  { model: '2nn', split: 'iid', epochs: 1, batch: 10, paper: [316, 87, 77, 75, 70] },
  { model: '2nn', split: 'shards', epochs: 1, batch: Infinity, paper: [4278, 1796, 1528, none, none] },
  { model: '2nn', split: 'shards', epochs: 1, batch: 10, paper: [3275, 664, 619, 443, 380] },
  { model: 'cnn', split: 'iid', epochs: 5, batch: Infinity, paper: [387, 339, 337, 164, 246] },
  { model: 'cnn', split: 'iid', epochs: 5, batch: 10, paper: [50, 18, 18, 18, 16] },
  { model: 'cnn', split: 'shards', epochs: 5, batch: Infinity, paper: [1181, 1100, 978, 1067, none] },
  { model: 'cnn', split: 'shards', epochs: 5, batch: 10, paper: [956, 206, 200, 261, 97] },
];

/** Table 1: rounds to 97 % (2NN) and to 99 % (CNN), by the share of the clients in a round. */
export const table1: readonly Row[] = fractions.map((fraction, row) => ({
  label: fraction.toFixed(1),
  settings: columns.map(({ paper, ...column }) => ({
    ...column,
    fraction,
    paper: paper[row],
    planned:
      column.batch === 10 &&
      (column.model === '2nn'
        ? column.split === 'iid' || fraction <= 0.2
        : column.split === 'iid' && fraction <= 0.2),
  })),
}));

/** Table 2's rows of FedAvg: E, B, rounds of the CNN to 99 % with C = 0.1, IID and non-IID. */
const ofCnn: readonly LocalWork[] = [
  [5, Infinity, 179, 1000],
  [1, 50, 65, 600],
  [20, Infinity, 234, 672],
  [1, 10, 34, 350],
  [5, 50, 29, 334],
  [20, 50, 32, 426],
  [5, 10, 20, 229],
  [20, 10, 18, 173],
];

/** Those of them that are run without being asked for. */
const plannedOfCnn = ['iid/1/10', 'iid/1/50', 'iid/5/50', 'iid/5/10', 'shards/1/10'];

/** Table 2: rounds of the CNN to 99 % with C = 0.1, by local work. */
export const table2: readonly Row[] = ofCnn.map((row) =>
  byLocalWork('cnn', row, (split, epochs, batch) => plannedOfCnn.includes([split, epochs, batch].join('/'))),
);

/** Table 4's rows: E, B, rounds IID, rounds non-IID. */
const of2nn: readonly LocalWork[] = [
  [1, Infinity, 1468, 1817],
  [10, Infinity, 156, 1100],
  [1, 50, 144, 1183],
  [20, Infinity, 92, 957],
  [1, 10, 92, 831],
  [10, 50, 45, 881],
  [20, 50, 39, 835],
  [10, 10, 34, 497],
  [20, 10, 32, 738],
];

/** Table 4: rounds of the 2NN to 97 % with C = 0.1, by local work. Its numbers are from memory. */
export const table4: readonly Row[] = of2nn.map((row) =>
  byLocalWork(
    '2nn',
    row,
    (_, epochs, batch) => (epochs === 10 && batch === 10) || (epochs === 1 && batch === 50),
  ),
);

/** A row of a table by local work, with C = 0.1. */
function byLocalWork(
  model: Setting['model'],
  [epochs, batch, ...paper]: LocalWork,
  planned: (split: Split, epochs: number, batch: number) => boolean,
): Row {
  return {
    label: `${epochs} | ${batch === Infinity ? '∞' : batch}`,
    settings: (['iid', 'shards'] as const).map((split, column) => ({
      ...{ model, split, fraction: 0.1, epochs, batch },
      paper: paper[column],
      planned: planned(split, epochs, batch),
    })),
  };
}
