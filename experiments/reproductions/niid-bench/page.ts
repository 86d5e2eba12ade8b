/** docs/niid-bench.md, written from what is recorded. */
import { claim, type Finding } from '../findings.js';
import { table } from '../markdown.js';
import type { Bench } from './cells.js';
import {
  algorithmLabels,
  algorithms,
  BATCH,
  CLIENTS,
  datasets,
  EPOCHS,
  MOMENTUM,
  MU,
  RATE,
  ROUNDS,
  rows,
  splitLabels,
  TOLERANCE,
  WEIGHT_DECAY,
  type Algorithm,
  type Row,
} from './settings.js';

/** What is recorded of an algorithm in a row. */
export type Recorded = (row: Row, algorithm: Algorithm) => Bench | undefined;

/** The best accuracy of any round, in per cent. */
const best = ({ accuracy }: Bench) => 100 * Math.max(0, ...accuracy);

/** Points that ours is above the published mean; undefined where nothing ran. */
function above(row: Row, algorithm: Algorithm, recorded: Recorded): number | undefined {
  const run = recorded(row, algorithm);
  return run && best(run) - row.published[algorithms.indexOf(algorithm)][0];
}

const signed = (points: number) => `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;

function line(row: Row, algorithm: Algorithm, recorded: Recorded): string[] {
  const [mean, deviation] = row.published[algorithms.indexOf(algorithm)];
  const head = [datasets[row.dataset], splitLabels[row.split], algorithmLabels[algorithm]];
  const published = `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
  const run = recorded(row, algorithm);
  const points = above(row, algorithm, recorded);
  if (run === undefined || points === undefined) return [...head, published, '', '', '', ''];
  const last = run.accuracy.at(-1) ?? 0;
  const round = run.accuracy.indexOf(Math.max(...run.accuracy)) + 1;
  return [
    ...head,
    published,
    best(run).toFixed(2),
    signed(points),
    String(round),
    run.ended === 'diverged' ? `diverged in round ${run.accuracy.length + 1}` : (100 * last).toFixed(2),
  ];
}

function findings(recorded: Recorded): Finding[] {
  return rows.flatMap((row) =>
    algorithms.flatMap((algorithm) => {
      const points = above(row, algorithm, recorded);
      if (points === undefined) return [];
      const where = [datasets[row.dataset], splitLabels[row.split], algorithmLabels[algorithm]].join(', ');
      return [{ holds: Math.abs(points) <= TOLERANCE, text: `${where}: ${signed(points)} points.` }];
    }),
  );
}

export const page = (recorded: Recorded): string => `# NIID-Bench

Li, Diao, Chen and He, "Federated Learning on Non-IID Data Silos: An Experimental Study", ICDE 2022 (arXiv 2102.02079),
compare FedAvg, SCAFFOLD, FedProx and FedNova. Flower ran it again and published the best test accuracies of any round,
mean and standard deviation over seeds (the README of adap/flower's \`baselines/niid_bench\`). This page has these beside
[recorded runs](../experiments/results/niid-bench.jsonl) of ours, one seed each; \`npm run reproduce -- niid-bench\` runs what
is missing of Fashion-MNIST, IID and Dirichlet, and \`--only NAME\` the rest, as \`--list\` shows them. A cell is empty where
nothing has run.

${claim(`The best accuracy is within ${TOLERANCE} points of the published one.`, findings(recorded))}

## How it is run

- ${CLIENTS} clients, all in each of ${ROUNDS} rounds, ${EPOCHS} local epochs in batches of ${BATCH}; SGD with rate ${RATE}, momentum ${MOMENTUM} and
  weight decay ${WEIGHT_DECAY.toFixed(5)}, which starts afresh in every round. The network has two 5 × 5 convolutions of 6 and 16 filters
  without padding, each pooled, then 120 and 84 units; pixels are from 0 to 1.
- "Dirichlet 0.5" is their draw, in which clients that hold a tenth of the examples get no more (\`dirichlet-balanced\`);
  "k labels" gives each client k of the ten classes (\`labels\`).
- The accuracy is that on all 10,000 test images after each round; the best of ${ROUNDS} is optimistic, as in their table.

Where we differ:

- Initial weights are Glorot's with zero biases; theirs are PyTorch's.
- FedProx has μ = ${MU}, their default; their table has the best of 0.001, 0.01, 0.1 and 1.
- SCAFFOLD adds the correction to the gradients, so that momentum carries it too, and its control variates are mean
  gradients; theirs adds it beside the momentum, and its variates are as much larger as momentum lengthens a step. In a
  local run both come to the same, but for its first steps. Clients count the same with us (as in SCAFFOLD's paper), by
  their examples with them.

## Best test accuracy, per cent

${table(
  ['data', 'split', 'algorithm', 'published', 'ours', 'points above', 'in round', `after round ${ROUNDS}`],
  3,
  rows.flatMap((row) => algorithms.map((algorithm) => line(row, algorithm, recorded))),
)}
`;
