/**
 * NoLoCo: "NoLoCo: No-all-reduce Low Communication Training Method for Large Models", arXiv 2506.10911. Replicas take
 * m inner steps, then an outer step with a momentum that draws each towards what a random partner learned and to
 * where it stands; nobody waits for anybody but its partner.
 */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import { isComplete } from '../../topologies/index.js';
import type { Algorithm } from '../algorithm.js';
import type { Community, GossipAlgorithm } from '../gossip.js';
import { snapshot } from '../gossip/mixing-row.js';
import { train, trainingOptions } from '../gossip/options.js';
import { exactly } from '../message-form.js';
import { groups } from './groups.js';
import { combined, overlapped, step } from './outer-step.js';
import { doubtfulGamma } from './stability.js';

const options = {
  ...trainingOptions,
  amount: trainingOptions.amount.prefault({ steps: 50 }),
  groupSize: z
    .int()
    .min(2)
    .default(2)
    .describe('n, how many replicas exchange with each other in an outer step'),
  alpha: z.number().min(0).lt(1).default(0.5).describe('α, the outer momentum'),
  beta: z.number().positive().default(0.7).describe("β, the outer rate: the weight of the group's mean Δ"),
  gamma: z
    .number()
    .default(0.7)
    .describe("γ, how much a replica is drawn to its group's mean: the paper's is equal to β"),
  communication: z
    .enum(['overlapped', 'combined'])
    .default('overlapped')
    .describe('φ travels during the inner steps and Δ after them, or βΔ + γφ after them, half the bytes'),
  allowUnstable: z
    .boolean()
    .default(false)
    .describe('whether to run with a γ for which replicas drift apart'),
};

type Options = z.output<z.ZodObject<typeof options>>;

export const noloco = define({
  kind: 'noloco',
  summary:
    'NoLoCo: inner steps, then an outer Nesterov step with a random partner; no server and no all-reduce.',
  options,
  create: (values): Algorithm => {
    const partnersOf = groups(values.groupSize);
    const exchange = values.communication === 'overlapped' ? overlapped(values) : combined(values);
    const algorithm: GossipAlgorithm<null> = {
      vectors: exchange.vectors,
      endsAfter: 'aggregation',
      expects: { kind: 'round', messages: exchange.messages, from: partnersOf },
      forms: () => exchange.sent.map((vector) => ({ header: { [vector]: exactly(1) }, vectors: [vector] })),
      counts: ['alone', 'lostPartners'],
      start: () => null,
      wake(control, view) {
        const partners = partnersOf(view);
        const inner = [...train(values, view), snapshot];
        const effects = [...exchange.before(partners), ...inner, ...exchange.after(partners)];
        return { control, effects };
      },
      receive(control, messages, view) {
        const { partners, effect } = exchange.momentum(messages);
        const counts = { alone: partners === 0 ? 1 : 0, lostPartners: partnersOf(view).length - partners };
        return { control, effects: [effect, step], counts };
      },
      refuse: (community) => refuse(values, community),
      warn: (community) => warn(values, community),
    };
    return {
      family: 'gossip',
      ...algorithm,
      needs: () => ({ schedules: ['synchronous'], topology: 'undirected' }),
    };
  },
});

function refuse(
  { groupSize, alpha, gamma, allowUnstable }: Options,
  community: Community,
): string | undefined {
  const { nodes, topology } = community;
  if (groupSize > 2 && (topology.timeVarying || !isComplete(topology.at(0)))) {
    return `noloco: groups of ${groupSize} are drawn among all replicas; use topology: complete, or groupSize: 2`;
  }
  if (groupSize > 2 && nodes % groupSize !== 0) {
    return `noloco: ${nodes} replicas cannot be divided into groups of ${groupSize}; use a group size that divides ${nodes}, or groupSize: 2`;
  }
  if (allowUnstable || groupSize === nodes) return undefined;
  const doubt = doubtfulGamma(alpha, gamma, groupSize, nodes);
  return doubt?.isUnstable
    ? `${doubt.sentence}; choose one inside, or allowUnstable: true to see them drift apart`
    : undefined;
}

const warn = ({ groupSize, alpha, gamma }: Options, { nodes }: Community): string | undefined =>
  groupSize === nodes ? undefined : doubtfulGamma(alpha, gamma, groupSize, nodes)?.sentence;
