/** Made-up but realistic runs, one federated and one gossip, for the tests of the report. */
import type { ReportedRun } from '../../experiments/index.js';
import { deviation, distributions, mean, stream } from '../../numerics/index.js';
import type { RunEvent, RunRecord } from '../../records/index.js';

const rounds = Array.from({ length: 20 }, (_, i) => i + 1);
const clients = Array.from({ length: 100 }, (_, i) => i);
const nodes = clients.slice(0, 32);

const noise = (...name: (string | number)[]) => stream(1, ...name)();
const accuracyAt = (round: number) => 0.9712 - 0.86 * (1 / (1 + round) - 1 / 21);
const lossAt = (round: number) => 0.09123 + 2.2 * (1 / (1 + round) - 1 / 21);

const labelCounts = clients.map((client) => {
  const draw = stream(1, 'client', client);
  const size = distributions.logNormal(draw, 6, 0.8)();
  return distributions
    .dirichlet(draw, new Array<number>(10).fill(0.3))
    .map((share) => Math.round(share * size));
});

const record: RunRecord = {
  accuracy: 0.9712,
  loss: 0.09123,
  evaluatedOn: 'test',
  rounds: 20,
  weightsSha256: '3f1c'.repeat(16),
  name: 'fedavg-mnist',
  seed: 42,
  resultKey: 'face'.repeat(16),
  bits: [],
  recipeHash: 'a91b04cd',
  ended: 'rounds',
  versions: { murmur: '0.1.0', node: 'v20.19.5' },
  engine: { kind: 'wasm', kernelHash: 'c0ffee12' },
  checksums: { 'train-images': 'beef'.repeat(16), 'train-labels': 'cafe'.repeat(16) },
  clients: 100,
  parameters: 199210,
  skew: {
    effectiveClasses: { mean: 3.456, least: 1, most: 7.25 },
    divergence: 0.4321,
    sizeGini: 0.3987,
    sizes: { least: 12, mean: 600, most: 1876 },
  },
  labelCounts,
  threads: 2,
  wallSeconds: 83.4,
  peakMemoryMiB: 412.3,
};

const federatedEvents: RunEvent[] = [
  { type: 'evaluation', round: 0, on: 'test', accuracy: 0.1032, loss: 2.345 },
  ...rounds.flatMap((round): RunEvent[] => {
    const accuracies = clients.map((client) => accuracyAt(round) * (1 - 0.3 * noise('skill', client) ** 3));
    const sorted = accuracies.toSorted((a, b) => a - b);
    return [
      {
        type: 'round',
        round,
        loss: 0.9 * lossAt(round),
        answered: round === 7 ? 9 : 10,
        missing: round === 7 ? [3] : [],
        localSteps: 600 * round,
        bytesDown: 7968400,
        bytesUp: 7968400,
        report: { updateNorm: 3 / (1 + round) },
      },
      { type: 'evaluation', round, on: 'test', accuracy: accuracyAt(round), loss: lossAt(round) },
      {
        type: 'evaluation',
        round,
        on: 'validation',
        accuracy: accuracyAt(round) - 0.01 * noise('validation', round),
        loss: lossAt(round) + 0.05 * noise('validation', round),
      },
      {
        type: 'clients',
        round,
        mean: mean(accuracies),
        deviation: deviation(accuracies),
        worstTenth: mean(sorted.slice(0, 10)),
        best: sorted[99],
        accuracies,
      },
    ];
  }),
];

const gossipEvents: RunEvent[] = rounds.flatMap((round): RunEvent[] => {
  const accuracies = nodes.map((node) => accuracyAt(round) - (0.02 + 0.3 / round) * noise('skill', node));
  return [
    {
      type: 'population',
      round,
      consensusDistance: 12 * 0.75 ** round + 0.02,
      relativeConsensusDistance: 0.6 * 0.75 ** round + 0.001,
      varianceRatio: {
        'fc1.weight': 1 - 0.4 * (1 - 0.9 ** round),
        'fc1.bias': 1 + 0.02 * round,
        'fc2.weight': 1 - 0.3 * (1 - 0.8 ** round),
        'fc2.bias': 1 + 0.01 * round,
      },
      correction: 1 + 0.3 * 0.8 ** round,
      nodes: {
        tested: nodes.length,
        mean: mean(accuracies),
        deviation: deviation(accuracies),
        worst: Math.min(...accuracies),
        best: Math.max(...accuracies),
        loss: lossAt(round),
      },
      tested: nodes,
      accuracies,
      bytesSent: round * 25498880,
      localSteps: 32 * round,
      virtualTime: round,
    },
    {
      ...{ type: 'evaluation', round, on: 'test', accuracy: accuracyAt(round), loss: lossAt(round) },
      ...{ nodes: nodes.length, averageModel: { accuracy: accuracyAt(round) + 0.005, loss: lossAt(round) } },
    },
  ];
});

const recipe = `name: fedavg-mnist
seed: 42
data: { kind: mnist, partition: { kind: dirichlet, alpha: 0.3 } }
model: { kind: mnist-2nn }
algorithm: { kind: fedavg, localEpochs: 5, fraction: 0.1 }
rounds: 20
engine: { kind: wasm, threads: 2 }
`;

export const federated: ReportedRun = { record, events: federatedEvents, recipe };

export const gossip: ReportedRun = {
  record: {
    ...record,
    ...{ name: 'gossip-ring', clients: nodes.length, labelCounts: labelCounts.slice(0, 32) },
    ...{ nodes: nodes.length, averageModel: { accuracy: 0.9762, loss: 0.09123 } },
  },
  events: gossipEvents,
  recipe: recipe.replace('fedavg-mnist', 'gossip-ring'),
};
