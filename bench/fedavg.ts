/**
 * The standard job F: FedAvg of McMahan's 2NN, 100 clients of 600 examples, 10 in a round, B = 10, E = 1, rate 0.1.
 * The whole simulator is timed, evaluation left out, in turns with a bare loop in PyTorch on one thread.
 */
import { performance } from 'node:perf_hooks';
import { quantile } from '../numerics/index.js';
import type { KernelsChoice } from '../learning/host/index.js';
import { recipeSchema, type Recipe } from '../recipe/index.js';
import { simulate } from '../simulator/index.js';
import { kernelsHere } from './native.js';
import { printTable, say, type BenchOptions, type Part } from './part.js';
import { findTorch, runTorch, type TorchJob } from './torch.js';

/** SGD steps of a round. */
const STEPS = 10 * 60;

const jobs = (['fashion-mnist', 'mnist'] as const).flatMap((dataset) =>
  (['iid', 'shards'] as const).map((split) => ({ dataset, split })),
);

/** What other simulators reach on Fashion-MNIST after 20 rounds. */
const peers = { iid: '0.82', shards: '0.65 to 0.68' };

/** How a contender of ours runs. */
interface How {
  readonly threads: number;
  readonly sparse: boolean;
  readonly kernels: KernelsChoice;
}

const ours = (): (How & { readonly name: string })[] =>
  [1, 2].flatMap((threads) =>
    kernelsHere().flatMap((kernels) =>
      [false, true].map((sparse) => ({
        ...{ threads, sparse, kernels },
        name: [
          threads === 1 ? '1 thread' : `${threads} threads`,
          sparse ? 'sparse' : 'dense',
          ...(kernels === 'wasm' ? [] : [kernels]),
        ].join(', '),
      })),
    ),
  );

export const fedavg: Part = {
  name: 'fedavg',
  summary: 'FedAvg on Fashion-MNIST and MNIST, IID and shards, against a loop in PyTorch (job F)',
  async run({ rounds = 20, turns }: BenchOptions) {
    const python = await findTorch();
    if (python === undefined) {
      say(
        '  There is no PyTorch here (on Debian: apt-get install python3-torch); the rest runs without it.\n',
      );
    }
    for (const { dataset, split } of jobs) {
      const contenders: Contender[] = [
        ...(python === undefined ? [] : [torchContender(python, { dataset, split, rounds })]),
        ...ours().map(({ name, ...how }) => ourContender(name, standardJob(dataset, split, rounds), how)),
      ];
      say(`  ${dataset}, ${split}: ${turns} × ${rounds} rounds of ${STEPS} steps`);
      for (let turn = 0; turn < turns; turn++) {
        for (const contender of contenders) await contender.turn(turn + 1);
      }
      print(contenders, python !== undefined);
      if (dataset === 'fashion-mnist' && rounds === 20) {
        say(`  (other simulators have an accuracy of ${peers[split]} here)\n`);
      }
    }
  },
};

/** One of those that take turns. */
interface Contender {
  readonly name: string;
  /** Of every round of every turn. */
  readonly seconds: number[];
  /** After the last round, a turn each. */
  readonly accuracies: number[];
  turn(seed: number): Promise<void>;
}

function torchContender(python: string, job: Omit<TorchJob<'fedavg_loop'>, 'seed'>): Contender {
  const [seconds, accuracies]: number[][] = [[], []];
  return {
    name: 'PyTorch, 1 thread',
    seconds,
    accuracies,
    async turn(seed) {
      const measured = await runTorch(python, 'fedavg_loop', { ...job, seed });
      seconds.push(...measured.seconds);
      accuracies.push(measured.accuracy);
    },
  };
}

function ourContender(name: string, recipe: Recipe, how: How): Contender {
  const [seconds, accuracies]: number[][] = [[], []];
  return {
    name,
    seconds,
    accuracies,
    async turn(seed) {
      const { rounds, accuracy } = await timeRounds({ ...recipe, seed }, how);
      seconds.push(...rounds);
      accuracies.push(accuracy);
    },
  };
}

/** Seconds of each round: all that the simulator does in it, but for the last, which is followed by an evaluation. */
async function timeRounds(recipe: Recipe, { threads, sparse, kernels }: How) {
  const rounds: number[] = [];
  let before = 0;
  const { record } = await simulate(recipe, {
    threads,
    engine: { sparse, kernels },
    onStart() {
      before = performance.now();
    },
    onEvent(event) {
      const now = performance.now();
      if (event.type === 'round' && event.round < recipe.rounds) rounds.push((now - before) / 1000);
      before = now;
    },
  });
  return { rounds, accuracy: record.accuracy };
}

export const standardJob = (dataset: string, split: string, rounds: number): Recipe =>
  recipeSchema.parse({
    data: { dataset, partition: { kind: split, clients: 100 } },
    model: '2nn',
    algorithm: {
      kind: 'fedavg',
      fraction: 0.1,
      amount: { epochs: 1 },
      batchSize: 10,
      optimizer: { learningRate: 0.1 },
    },
    rounds,
    evaluate: { every: rounds },
  });

function print(contenders: readonly Contender[], hasTorch: boolean): void {
  const medians = contenders.map(({ seconds }) => quantile(seconds, 0.5));
  const against = (name: string, median: number) => {
    const reference = medians[contenders.findIndex((contender) => contender.name === name)];
    return `${(reference / median).toFixed(2)}×`;
  };
  const rows = contenders.map(({ name, seconds, accuracies }, i) => [
    name,
    medians[i].toFixed(3),
    Math.min(...seconds).toFixed(3),
    Math.round(STEPS / medians[i]).toString(),
    ...(hasTorch ? [against('PyTorch, 1 thread', medians[i])] : []),
    name.startsWith('2 threads') ? against(name.replace('2 threads', '1 thread'), medians[i]) : '',
    accuracies.map((accuracy) => accuracy.toFixed(3)).join(' '),
  ]);
  printTable(
    [
      ...['', 's/round', 'best', 'steps/s'],
      ...(hasTorch ? ['against PyTorch'] : []),
      ...['against 1 thread', 'accuracy'],
    ],
    rows,
  );
}
