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

const fractions = [0, 0.1, 0.2, 0.5, 1];
const none = undefined;

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
    planned: column.model === '2nn' && column.batch === 10 && (column.split === 'iid' || fraction <= 0.2),
  })),
}));

/** Table 4's rows: E, B, rounds IID, rounds non-IID. */
const localWork: readonly (readonly [epochs: number, batch: number, iid: number, shards: number])[] = [
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
export const table4: readonly Row[] = localWork.map(([epochs, batch, ...paper]) => ({
  label: `${epochs} | ${batch === Infinity ? '∞' : batch}`,
  settings: (['iid', 'shards'] as const).map((split, column) => ({
    model: '2nn',
    split,
    fraction: 0.1,
    epochs,
    batch,
    paper: paper[column],
    planned: (epochs === 10 && batch === 10) || (epochs === 1 && batch === 50),
  })),
}));
