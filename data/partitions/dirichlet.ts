/**
 * Label skew by Dirichlet shares, per class over the clients (Hsu et al. 2019 as in NIID-Bench, Li et al. 2022):
 * for every class p ~ Dir(α·1), and the shuffled class is cut by the cumulative shares, rounded without bias.
 * `dirichlet-balanced` has more equal sizes: `hetero-dir` of FedMA's code (Wang et al. 2020).
 */
import { distributions, shuffle, stream, type Stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, cutsByShares } from './cuts.js';
import { cutUntilEnough, type DirichletOptions } from './dirichlet-tries.js';
import { assignedPartition, groupByClass, row } from './lists.js';
import { alphaOption, clientsOption, minimumOption } from './options.js';

export const dirichlet = define({
  kind: 'dirichlet',
  summary: 'Each class is split among the clients by Dirichlet shares.',
  options: { clients: clientsOption, alpha: alphaOption, minimum: minimumOption.default(1) },
  create: (options, context: PartitionContext) => splitClasses('dirichlet', options, context),
});

export const dirichletBalanced = define({
  kind: 'dirichlet-balanced',
  summary: 'Like dirichlet, but clients that hold their fair share get no more.',
  options: { clients: clientsOption, alpha: alphaOption, minimum: minimumOption.default(10) },
  create: (options, context: PartitionContext) => splitClasses('dirichlet-balanced', options, context),
});

function splitClasses(
  kind: 'dirichlet' | 'dirichlet-balanced',
  options: DirichletOptions,
  context: PartitionContext,
): Partition {
  const { seed, labels, classes } = context;
  const { clients } = options;
  const byClass = groupByClass(context);
  const named = (...name: (string | number)[]) => stream(seed, 'partition', kind, ...name);

  const cuts = cutUntilEnough(options, labels.length, (alpha, attempt) => {
    const sizes = new Uint32Array(clients);
    return Array.from({ length: classes }, (_, label) => {
      const draw = named('class', label, 'try', attempt);
      // Client i takes the i-th gamma draw of the class: more clients change only the sum.
      const shares = distributions.dirichlet(draw, Array<number>(clients).fill(alpha));
      const places = cutsByShares(
        byClass.offsets[label + 1] - byClass.offsets[label],
        kind === 'dirichlet' ? shares : sharesWithRoom(shares, sizes, labels.length / clients, draw),
        draw(),
      );
      for (let client = 0; client < clients; client++) sizes[client] += places[client + 1] - places[client];
      return places;
    });
  });

  const assignment = new Int32Array(labels.length);
  for (const [label, places] of cuts.entries()) {
    const order = shuffle(named('order', label), row(byClass, label).slice());
    assignParts(assignment, order, places);
  }
  return assignedPartition(clients, assignment, 'raise alpha');
}

/** Normalised shares of the clients with fewer than `fair` examples; all for a random one of them if all shares are 0. */
function sharesWithRoom(shares: number[], sizes: Uint32Array, fair: number, draw: Stream): number[] {
  const kept = shares.map((share, client) => (sizes[client] < fair ? share : 0));
  const total = kept.reduce((sum, share) => sum + share, 0);
  if (total > 0) return kept.map((share) => share / total);
  const room = [...sizes.keys()].filter((client) => sizes[client] < fair);
  const winner = room[Math.floor(draw() * room.length)];
  return shares.map((_, client) => (client === winner ? 1 : 0));
}
