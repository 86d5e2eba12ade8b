/** docs/vanishing-variance.md, written from what is recorded. */
import { intervalOf } from '../../analysis/interval.js';
import { table } from '../markdown.js';
import { claims } from './claims.js';
import { afterOneMerge } from './closed-form.js';
import { labels, type Drawing, type Network } from './figures.js';
import { finalAccuracy, roundsTo, type Recorded } from './recorded.js';
import type { Curve } from './cells.js';
import {
  contested,
  inits,
  NODES,
  ROUNDS,
  ROUNDS_OF_LENET,
  roundsOf,
  seeds,
  SHARE,
  topologyNames,
  FIRST_ROUNDS,
  isGossip,
  traced,
  weighted,
  type GossipSetting,
  type Merge,
} from './settings.js';

export interface Drawings {
  readonly accuracy: readonly Drawing[];
  readonly variance: readonly Drawing[];
}

/** What is compared, row by row. */
export const networks: readonly Network[] = [
  ...topologyNames.map((topology) => ({ model: '2NN', split: 'IID', topology }) as const),
  ...(['Dirichlet 0.5', 'Dirichlet 0.1', 'shards'] as const).map(
    (split) => ({ model: '2NN', split, topology: '8-regular' }) as const,
  ),
  ...(['ring', '8-regular', 'complete'] as const).map(
    (topology) => ({ model: 'five layers', split: 'IID', topology }) as const,
  ),
  { model: 'LeNet-5', split: 'IID', topology: '8-regular' },
];

export function page(recorded: Recorded, drawings: Drawings): string {
  return `# Vanishing variance

Tian, Al-Ars, Kitsak and Hofstee, "Vanishing Variance Problem in Fully Decentralized Neural-Network Systems" (arXiv
2404.04616), say that averaging uncorrelated models undoes the variance that initialisation gave their weights, that
this delays gossip learning, and that averages brought back to that variance let gossip converge about as fast as
federated learning. Here this is measured. **The paper's figures and tables were not available to us: what is said of
its claims is said of our own runs, and the claims are those of its abstract.** This page is written from
[recorded runs](../experiments/results/vanishing-variance.jsonl); \`npm run reproduce -- vanishing-variance\` runs what
is missing, and \`--list\` shows what there is. A cell is empty where nothing has run.

${claims(networks, recorded)}

## How it is measured

- MNIST, ${NODES} nodes, the protocol of the authors' simulator (\`buffered-gossip\`): a node trains one batch of 64
  (learning rate 0.01, momentum 0.9, weight decay 0.0001) every 8 to 12 ticks, sends its model to all its neighbours,
  and merges when as many models have come as it has neighbours, its own share being β = ${SHARE}. All begin at tick 0.
- "Own" gives every node an initialisation of its own, "same" one to all. "Plain" is the mean, "corrected" the mean of
  which each weight tensor is brought to the mean variance of the received models'.
- A round is ten ticks, the mean time between two steps of a node. A run ends when the nodes reach 97 %, or after
  ${ROUNDS} rounds, LeNet-5's after ${ROUNDS_OF_LENET.toLocaleString('en')}, which are the 10,000 ticks of the authors' longest runs.
- Accuracy is the mean over ten nodes, drawn anew each time, on the first 1,000 test images, every ten rounds (these
  images are harder than the whole test set); after the last round it is that of all nodes on all 10,000 images. Rounds
  to a target are interpolated between two measurements. Seeds: ${seeds.join(', ')}, as far as they have run.
- FedAvg takes all ${NODES} clients in every round and one step of 64 images of each, the same work as gossip's in a
  round. Since the optimizer of \`fedavg\`'s clients starts afresh every round, it is written as synchronous gossip from one
  initialisation in which all average with all and keep their momentum, with five clients that each take ten clients' batches: the mean of their
  steps is the mean of the fifty. With one step a round it is SGD on the union of the batches, so one run stands for
  every split of the data.
- The perceptron of five hidden layers has 100 units in each. Watts–Strogatz has degree 8 and rewires 0.1 of its
  edges, Barabási–Albert adds 4 edges a node. LeNet-5 is the authors' (6 and 16 filters of 5 × 5, the first padded, then 120
  and 84 units), from Glorot's uniform weights and zero biases as theirs. Their nodes draw images with replacement from all of
  them; ours each hold a fiftieth.

## Rounds to a target

E.g. "> ${ROUNDS} (x %)" means that no run, or not every seed's, came there in ${ROUNDS} rounds; x is the accuracy then.
Means over seeds ± half of their 95 % interval (Student's t).

${[0.8, 0.9, 0.95].map((target) => comparison(target, recorded)).join('\n\n')}

### After ${FIRST_ROUNDS} rounds

Mean accuracy of all nodes on the whole test set, in runs that end then (the runs of the variances below).

${afterFirstRounds(recorded)}

### Weighted merges

8-regular, 2NN, Dirichlet 0.5, where nodes hold more or fewer examples. Rounds to 80 % and to 90 %.

${weightedMerges(recorded)}

## Accuracy by round

${pictures(drawings.accuracy)}

## The variance in the first rounds

Independent models of variance s², each blended with the mean of N others, are left with s²(β² + (1 − β)²/N) after one
merge. The table compares this with round 1 of runs from own initialisations, in which each node has trained one batch
and merged once; only, a node with a period of 8 or 9 ticks steps twice within the ten ticks of round 1, and where few
models fill a buffer (ring, star) some nodes merge twice in it. Variances are over those of one fresh draw, which for
the last layer, the smallest, happens to be 3 % low: the corrected runs show what independent models have.

Further merges of all nodes with their neighbours, M = βI + (1 − β)D⁻¹A, leave the mean over nodes of Σⱼ(Mᵗ)ᵢⱼ², which
falls to s²/${NODES} on regular graphs and stays above it where degrees differ; the figures draw it for one merge a
round. The factor of the correction, mean over the layers and the merges of a round, should be 1/√ of what is left.

${firstMerges(recorded)}

${pictures(drawings.variance)}

### LeNet-5, layer by layer

What is left of the variance of each layer's weights on the 8-regular graph, and what FedAvg makes of it meanwhile.

${layers(recorded)}
`;
}

const pictures = (drawings: readonly Drawing[]) =>
  drawings.map(({ text, path }) => `![${text}](${path})`).join('\n\n');

function comparison(target: number, recorded: Recorded): string {
  const columns = inits.flatMap((init) => contested.map((merge) => ({ init, merge })));
  const rows = networks.map((network) => [
    network.model,
    network.split,
    network.topology,
    ...columns.map((column) => rounds(target, network, recorded.curves({ ...network, ...column }))),
    rounds(target, network, recorded.curves({ model: network.model })),
  ]);
  const head = columns.map(({ init, merge }) => `${init}, ${labels[merge]}`);
  return `### ${100 * target} %\n\n${table(['model', 'data', 'topology', ...head, 'FedAvg'], 3, rows)}`;
}

function afterFirstRounds(recorded: Recorded): string {
  const columns = inits.flatMap((init) => contested.map((merge) => ({ init, merge })));
  const ran = traced.filter(isGossip);
  const rows = networks
    .filter((network) =>
      ran.some(
        ({ model, split, topology }) =>
          model === network.model && split === network.split && topology === network.topology,
      ),
    )
    .map((network) => [
      network.model,
      network.split,
      network.topology,
      ...columns.map((column) => accuracy(recorded.first({ ...network, ...column }))),
      accuracy(recorded.first({ model: network.model })),
    ]);
  const head = columns.map(({ init, merge }) => `${init}, ${labels[merge]}`);
  return table(['model', 'data', 'topology', ...head, 'FedAvg'], 3, rows);
}

const accuracy = (curve: Curve | undefined) =>
  curve === undefined ? '' : `${(100 * finalAccuracy([curve])).toFixed(1)} %`;

/** E.g. "123", "123 ± 4, 3 seeds", "> 250 (71.0 ± 0.5 %), 3 seeds". */
function rounds(target: number, { model }: Pick<Network, 'model'>, curves: readonly Curve[]): string {
  if (curves.length === 0) return '';
  const ends = curves.map((curve) => 100 * finalAccuracy([curve]));
  const reached = curves.flatMap((curve) => roundsTo(target, curve) ?? []);
  const text =
    reached.length < curves.length
      ? `> ${roundsOf(model)} (${withMargin(ends, 1)} %)`
      : withMargin(reached, 0);
  return curves.length > 1 ? `${text}, ${curves.length} seeds` : text;
}

/** The mean, and where there are several half of its 95 % interval. */
function withMargin(values: readonly number[], digits: number): string {
  const { mean, margin } = intervalOf(values);
  return [mean, ...(values.length > 1 ? [margin] : [])].map((value) => value.toFixed(digits)).join(' ± ');
}

function weightedMerges(recorded: Recorded): string {
  const rows = [...contested, ...weighted].map((merge) => [
    labels[merge],
    ...inits.flatMap((init) => {
      const setting: GossipSetting = {
        model: '2NN',
        split: 'Dirichlet 0.5',
        topology: '8-regular',
        init,
        merge,
      };
      return [0.8, 0.9].map((target) => rounds(target, setting, recorded.curves(setting)));
    }),
  ]);
  return table(['merge', 'own: 80 %', '90 %', 'same: 80 %', '90 %'], 1, rows);
}

/** Neighbours of a node, where all have as many. */
const degrees = { ring: 2, '8-regular': 8, complete: NODES - 1 } as const;

function firstMerges(recorded: Recorded): string {
  const rows = (['8-regular', 'ring', 'complete'] as const).map((topology) => {
    const of = (merge: Merge) => recorded.first({ model: '2NN', split: 'IID', topology, init: 'own', merge });
    const [plain, corrected] = [of('mean'), of('variance-corrected')];
    const count = degrees[topology];
    const left = afterOneMerge(SHARE, count);
    return [
      topology,
      String(count),
      left.toFixed(4),
      ...tensors.map((name) => figure(plain?.varianceRatio[name]?.[0], 4)),
      (1 / Math.sqrt(left)).toFixed(3),
      figure(corrected?.correction[0], 3),
      ...tensors.map((name) => figure(corrected?.varianceRatio[name]?.[0], 4)),
    ];
  });
  const layers = (merge: string) => tensors.map((_, i) => `${merge}, layer ${i + 1}`);
  return table(
    [
      'topology',
      'N',
      'closed form',
      ...layers('plain'),
      'factor: closed form',
      'measured',
      ...layers('corrected'),
    ],
    1,
    rows,
  );
}

/** LeNet-5's layers in the first rounds. */
function layers(recorded: Recorded): string {
  const lenet = { model: 'LeNet-5', split: 'IID', topology: '8-regular', init: 'own' } as const;
  const columns = [
    ...contested.map((merge) => [labels[merge], recorded.first({ ...lenet, merge })] as const),
    ['FedAvg', recorded.first({ model: lenet.model })] as const,
  ];
  const names = Object.keys(columns.find(([, curve]) => curve)?.[1]?.varianceRatio ?? {});
  const rounds = [1, FIRST_ROUNDS];
  return table(
    ['weights', ...columns.flatMap(([label]) => rounds.map((round) => `${label}, round ${round}`))],
    1,
    names.map((name) => [
      name,
      ...columns.flatMap(([, curve]) =>
        rounds.map((round) => figure(curve?.varianceRatio[name]?.[round - 1], 3)),
      ),
    ]),
  );
}

const tensors = ['dense1/kernel', 'dense2/kernel', 'dense3/kernel'];

const figure = (value: number | null | undefined, digits: number) => value?.toFixed(digits) ?? '';
