/** `npm run bench -- [PART…]`: measures on this machine; without parts, all of them. */
import { availableParallelism, cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { timeAssignment } from './assignment.js';
import { timeSteps } from './engine-steps.js';
import { fedavg } from './fedavg.js';
import { gossip } from './gossip.js';
import { load } from './load.js';
import { measureMerging } from './merging.js';
import { timeModels } from './model-steps.js';
import { kernelsHere } from './native.js';
import { network } from './network.js';
import { printTable, say, type Part } from './part.js';
import { report } from './report.js';
import { roofline } from './roofline.js';
import { scale } from './scale.js';
import { sweep } from './sweep.js';
import { threads } from './threads.js';

const engine: Part = {
  name: 'engine',
  summary:
    "SGD steps on one thread: a client's local update of the 2NN, and the named models against PyTorch",
  async run({ turns }) {
    const rows = timeSteps().map(({ kernels, batchSize, sparse, median, best }) => [
      `batch ${batchSize}, ${sparse ? 'sparse' : 'dense'}, ${kernels}`,
      median.toFixed(0),
      best.toFixed(0),
    ]);
    printTable(['', 'steps/s', 'best'], rows);
    const roofs = kernelsHere().map(roofline);
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    say('  the most that multiplications and additions in registers, and reading memory, reach');
    printTable(
      ['', 'GFLOP/s', 'GB/s', 'a product of 64 × 512 × 512', 'of the peak'],
      roofs.map(({ kernels, peak, bandwidth, product }) => [
        kernels,
        ...[peak, bandwidth, product].map((value) => value.toFixed(1)),
        percent(product / peak),
      ]),
    );
    say(
      '  the named models, milliseconds of processor time a step, in turns with PyTorch and TensorFlow.js; terms',
    );
    say('  that are left out since they are zero count in the share of the peak');
    const figure = (value: number | undefined, digits = 2) => value?.toFixed(digits) ?? '–';
    const times = (ratio: number | undefined, digits?: number) =>
      ratio === undefined ? '–' : `${figure(ratio, digits)}×`;
    const inputs = (sparse?: boolean) => (sparse === undefined ? '' : sparse ? ', sparse' : ', dense');
    const timings = (await timeModels(turns)).map(({ model, batch, kernels, rate, sparse, ...timing }) => [
      `${model}, batch ${batch}${inputs(sparse)}, ${kernels}`,
      ...[figure(timing.ours), figure(timing.torch), times(timing.ratio)],
      ...[figure(timing.tfjs, 1), times(timing.tfjsRatio, 1)],
      percent(rate / (roofs.find((roof) => roof.kernels === kernels)?.peak ?? NaN)),
    ]);
    printTable(
      ['', 'ours', 'PyTorch', 'as fast as PyTorch', 'TensorFlow.js', 'as fast as that', 'of the peak'],
      timings,
    );
  },
};

const merging: Part = {
  name: 'merging',
  summary: 'merging two models of the size of the 2NN, against copying one',
  run() {
    const rows = measureMerging().map(({ what, gigabytes, ratio }) => [
      what,
      gigabytes.toFixed(1),
      ratio.toFixed(2),
    ]);
    printTable(['', 'GB/s', 'against copy'], rows);
  },
};

const assignment: Part = {
  name: 'assignment',
  summary: 'matching units: the assignment problem on random scores',
  run() {
    const rows = timeAssignment().map(({ units, ours, theirs }) => [
      `${units} × ${units}`,
      ours.toFixed(1),
      theirs.toFixed(1),
      `${(theirs / ours).toFixed(1)}×`,
    ]);
    printTable(['', 'ms', 'linear-sum-assignment', 'times ours'], rows);
  },
};

const parts: readonly Part[] = [
  fedavg,
  network,
  load,
  gossip,
  engine,
  threads,
  scale,
  sweep,
  merging,
  assignment,
  report,
];

const names = parts.map(({ name }) => name);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('write a whole number above 0.');
}

await new Command('bench')
  .description(
    `Measures on this machine.\n\n${parts.map(({ name, summary }) => `${name}: ${summary}`).join('\n')}`,
  )
  .argument('[parts...]', `which: ${names.join(', ')}; all by default`)
  .option('--rounds <n>', 'rounds of federated learning in a run', wholeNumber)
  .option('--turns <n>', 'how often contenders take turns', wholeNumber, 3)
  .action(async (wanted: string[], options: { rounds?: number; turns: number }, command: Command) => {
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined) command.error(`error: no part '${unknown}'; there are ${names.join(', ')}`);
    say(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}\n`,
    );
    for (const part of parts) {
      if (wanted.length > 0 && !wanted.includes(part.name)) continue;
      say(`${part.name}: ${part.summary}`);
      await part.run(options);
    }
  })
  .parseAsync();
