/**
 * The standard job G: push gossip of the 2NN, 100 nodes on a 20-regular graph, B = 32, one epoch, rate 0.1. The whole
 * simulator is timed, in turns with a bare loop in PyTorch on one thread, in rounds with tested nodes and without.
 */
import { performance } from 'node:perf_hooks';
import { quantile } from '../numerics/index.js';
import { recipeSchema, type Recipe } from '../recipe/index.js';
import { InterruptedError, simulate } from '../simulator/index.js';
import { printTable, say, type BenchOptions, type Part } from './part.js';
import { findTorch, runTorch, type TorchJob } from './torch.js';

/** Every node trains once a round. */
const UPDATES = 100;

type Job = Pick<TorchJob<'gossip_loop'>, 'dataset' | 'split' | 'init'>;

const jobs: readonly Job[] = [
  { dataset: 'fashion-mnist', split: 'iid', init: 'own' },
  { dataset: 'fashion-mnist', split: 'iid', init: 'same' },
  { dataset: 'fashion-mnist', split: 'dirichlet', init: 'own' },
  { dataset: 'mnist', split: 'iid', init: 'same' },
];

export const gossip: Part = {
  name: 'gossip',
  summary: 'push gossip of 100 nodes on Fashion-MNIST and MNIST, against a loop in PyTorch (job G)',
  async run({ rounds = 2, turns }: BenchOptions) {
    explain();
    const python = await findTorch();
    if (python === undefined) say('  There is no PyTorch here; the rest runs without it.\n');
    for (const job of jobs) {
      const contenders = [
        ...(python === undefined ? [] : [torchContender(python, job, rounds)]),
        ...[1, 2].map((threads) => ourContender(threads, job, rounds)),
      ];
      say(`  ${job.dataset}, ${job.split}, initialisation ${job.init}: ${turns} × ${rounds} rounds`);
      for (let turn = 1; turn <= turns; turn++) {
        for (const contender of contenders) {
          const { plain, tested, accuracy } = await contender.turn(turn);
          contender.measured.plain.push(...plain);
          contender.measured.tested.push(...tested);
          contender.measured.accuracies.push(accuracy);
        }
      }
      print(contenders);
    }
  },
};

function explain(): void {
  say('  A round is 100 node updates, an epoch each, in both. In the loop 100 messages are merged one after');
  say(
    '  another, and a node trains once for each that came to it, also several times or not at all. Here rounds',
  );
  say('  are synchronous: a node merges all that came to it at once and trains once, also if nothing came.');
  say(
    '  Before what is timed every node trains once; here that is a round too, which merges initial models.',
  );
  say(
    '  Accuracy is the mean over 20 nodes after the last round, on 10,000 test examples in the loop and on',
  );
  say(
    '  1,000 here; s/round is of rounds without tests, tested of rounds with them, both with all they take.\n',
  );
}

interface Turn {
  /** Seconds of each round without tests, and of each with them. */
  readonly plain: readonly number[];
  readonly tested: readonly number[];
  /** Mean over the tested nodes after the last round. */
  readonly accuracy: number;
}

interface Contender {
  readonly name: string;
  readonly measured: { plain: number[]; tested: number[]; accuracies: number[] };
  turn(seed: number): Promise<Turn>;
}

const nothingYet = (): Contender['measured'] => ({ plain: [], tested: [], accuracies: [] });

function torchContender(python: string, job: Job, rounds: number): Contender {
  return {
    name: 'PyTorch, 1 thread',
    measured: nothingYet(),
    async turn(seed) {
      const { seconds, accuracy } = await runTorch(python, 'gossip_loop', { ...job, rounds, seed });
      return { plain: seconds, tested: [], accuracy };
    },
  };
}

function ourContender(threads: number, job: Job, rounds: number): Contender {
  return {
    name: `${threads} thread${threads > 1 ? 's' : ''}`,
    measured: nothingYet(),
    turn: (seed) => timeRounds({ ...recipe(job, rounds), seed }, threads),
  };
}

/** The round after the last is left out by stopping before it: it would test all nodes, as the end of a run does. */
async function timeRounds(recipe: Recipe, threads: number): Promise<Turn> {
  const [plain, tested]: number[][] = [[], []];
  const last = recipe.rounds - 1;
  const stop = new AbortController();
  let before = 0;
  let accuracy = NaN;
  try {
    await simulate(recipe, {
      threads,
      signal: stop.signal,
      onEvent(event) {
        if (event.type === 'population') accuracy = event.nodes?.mean ?? NaN;
        if (event.type !== 'round') return;
        const now = performance.now();
        const isTested = event.round % recipe.evaluate.every === 0;
        if (event.round > 1) (isTested ? tested : plain).push((now - before) / 1000);
        before = now;
        if (event.round === last) stop.abort();
      },
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
  return { plain, tested, accuracy };
}

/** One round more than `rounds` before what is timed, and one that is never reached. */
function recipe({ dataset, split, init }: Job, rounds: number): Recipe {
  return recipeSchema.parse({
    data: { dataset, partition: { kind: split, clients: 100, ...(split === 'dirichlet' && { alpha: 0.5 }) } },
    model: '2nn',
    init: { kind: init },
    topology: { kind: 'regular', degree: 20 },
    algorithm: {
      kind: 'gossip',
      protocol: 'push',
      fanout: 1,
      order: 'merge-update',
      merge: 'mean',
      batchSize: 32,
      amount: { epochs: 1 },
      optimizer: { learningRate: 0.1 },
    },
    rounds: rounds + 2,
    evaluate: { every: smallestDivisor(rounds + 1), nodes: 20 },
  });
}

/** So that the last round is tested, and as many others as leave some without tests. */
function smallestDivisor(n: number): number {
  for (let divisor = 2; divisor < n; divisor++) if (n % divisor === 0) return divisor;
  return n;
}

function print(contenders: readonly Contender[]): void {
  const median = (values: readonly number[]) => (values.length > 0 ? quantile(values, 0.5) : NaN);
  const medians = contenders.map(({ measured }) => median(measured.plain));
  const hasTorch = contenders[0].name.startsWith('PyTorch');
  const figure = (value: number, digits: number, unit = '') =>
    Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : '';
  const rows = contenders.map(({ name, measured: { plain, tested, accuracies } }, i) => [
    name,
    figure(medians[i], 3),
    figure(Math.min(...plain), 3),
    figure(UPDATES / medians[i], 0),
    ...(hasTorch ? [figure(medians[0] / medians[i], 2, '×')] : []),
    figure(median(tested), 3),
    figure(median(tested) / medians[i], 2, '×'),
    accuracies.map((accuracy) => accuracy.toFixed(3)).join(' '),
  ]);
  printTable(
    [
      ...['', 's/round', 'best', 'updates/s'],
      ...(hasTorch ? ['against PyTorch'] : []),
      ...['tested', 'against plain', 'accuracy'],
    ],
    rows,
  );
}
