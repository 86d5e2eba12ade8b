/**
 * NoLoCo's outer step as effects: the modified Nesterov step with momentum of arXiv 2506.10911, equations 2 and 3.
 * Equation 2 prints −β/n ΣΔ with Δ = θ − φ; the paper's proof (equation 32) and the authors' code add, and so do we.
 */
import { WEIGHTS, type Effect, type Message, type Term } from '../gossip.js';
import { combine } from '../gossip/mixing-row.js';

/** φ, δ and Δ = θ − φ of the replica's own; θ and, after the outer step, the new φ are its weights. */
export const SLOW = 'slow';
export const MOMENTUM = 'momentum';
export const DELTA = 'delta';

export interface OuterOptions {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** How a replica tells its partners of φ and Δ. */
export interface Exchange {
  readonly vectors: readonly string[];
  /** Messages to each partner, and the vectors that they carry, one each. */
  readonly messages: number;
  readonly sent: readonly string[];
  /** Effects before the inner steps and after them. */
  before(partners: readonly number[]): Effect[];
  after(partners: readonly number[]): Effect[];
  /**
   * δ ← αδ + (β/n) ΣΔ_j − γ(φ − (1/n) Σφ_j) over the replica and those of whom all came, and how many these are. Running
   * statistics are not stepped: Δ has them as they are after training, δ their mean over the same replicas.
   */
  momentum(messages: readonly Message[]): { readonly partners: number; readonly effect: Effect };
}

/** φ ← φ + δ; running statistics are the group's mean, which δ holds. */
export const step: Effect = combine(WEIGHTS, [
  [1, SLOW, 0],
  [1, MOMENTUM],
]);

const sendAll = (partners: readonly number[], vector: string): Effect[] =>
  partners.map((to) => ({ kind: 'send', to, header: { [vector]: 1 }, vectors: [vector] }));

/** φ goes before the inner steps and is under way during them, Δ after them: 2d numbers to each partner. */
export function overlapped({ alpha, beta, gamma }: OuterOptions): Exchange {
  return {
    vectors: [SLOW, MOMENTUM, DELTA],
    messages: 2,
    sent: [SLOW, DELTA],
    before: (partners) => [combine(SLOW, [[1, WEIGHTS]]), ...sendAll(partners, SLOW)],
    after: (partners) => [
      combine(DELTA, [
        [1, WEIGHTS],
        [-1, SLOW, 0],
      ]),
      ...sendAll(partners, DELTA),
    ],
    momentum(messages) {
      const pairs = messages.flatMap(({ from, header }, slow) => {
        if (!(SLOW in header)) return [];
        const delta = messages.findIndex((other) => other.from === from && DELTA in other.header);
        return delta === -1 ? [] : [{ slow, delta }];
      });
      const n = pairs.length + 1;
      const received = pairs.flatMap(({ slow, delta }): Term[] => [
        { coefficient: beta / n, statistics: 1 / n, of: { message: delta, vector: DELTA } },
        { coefficient: gamma / n, statistics: 0, of: { message: slow, vector: SLOW } },
      ]);
      const own = [
        [alpha, MOMENTUM, 0],
        [beta / n, DELTA, 1 / n],
        [-gamma * (1 - 1 / n), SLOW, 0],
      ] as const;
      return { partners: pairs.length, effect: combine(MOMENTUM, own, received) };
    },
  };
}

/** βΔ + γφ, all that a partner needs of a replica, goes after the inner steps: d numbers, half as many. */
export function combined({ alpha, beta, gamma }: OuterOptions): Exchange {
  return {
    vectors: [SLOW, MOMENTUM, DELTA],
    messages: 1,
    sent: [DELTA],
    before: () => [combine(SLOW, [[1, WEIGHTS]])],
    // β(θ − φ) + γφ
    after: (partners) => [
      combine(DELTA, [
        [beta, WEIGHTS, 1],
        [gamma - beta, SLOW, 0],
      ]),
      ...sendAll(partners, DELTA),
    ],
    momentum(messages) {
      const n = messages.length + 1;
      const received = messages.map((_, message): Term => ({
        coefficient: 1 / n,
        of: { message, vector: DELTA },
      }));
      const own = [
        [alpha, MOMENTUM, 0],
        [1 / n, DELTA],
        [-gamma, SLOW, 0],
      ] as const;
      return { partners: messages.length, effect: combine(MOMENTUM, own, received) };
    },
  };
}
