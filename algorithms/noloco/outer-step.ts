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
  /** Messages to each partner. */
  readonly messages: number;
  /** Effects before the inner steps and after them. */
  before(partners: readonly number[]): Effect[];
  after(partners: readonly number[]): Effect[];
  /** δ ← αδ + (β/n) ΣΔ_j − γ(φ − (1/n) Σφ_j) over the replica and those of whom all came, and how many these are. */
  momentum(messages: readonly Message[]): { readonly partners: number; readonly effect: Effect };
}

/** φ ← φ + δ. */
export const step: Effect = combine(WEIGHTS, [
  [1, SLOW],
  [1, MOMENTUM],
]);

const sendAll = (partners: readonly number[], vector: string): Effect[] =>
  partners.map((to) => ({ kind: 'send', to, header: { [vector]: 1 }, vectors: [vector] }));

/** φ goes before the inner steps and is under way during them, Δ after them: 2d numbers to each partner. */
export function overlapped({ alpha, beta, gamma }: OuterOptions): Exchange {
  return {
    vectors: [SLOW, MOMENTUM, DELTA],
    messages: 2,
    before: (partners) => [combine(SLOW, [[1, WEIGHTS]]), ...sendAll(partners, SLOW)],
    after: (partners) => [
      combine(DELTA, [
        [1, WEIGHTS],
        [-1, SLOW],
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
        { coefficient: beta / n, of: { message: delta, vector: DELTA } },
        { coefficient: gamma / n, of: { message: slow, vector: SLOW } },
      ]);
      const own = [
        [alpha, MOMENTUM],
        [beta / n, DELTA],
        [-gamma * (1 - 1 / n), SLOW],
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
    before: () => [combine(SLOW, [[1, WEIGHTS]])],
    // β(θ − φ) + γφ
    after: (partners) => [
      combine(DELTA, [
        [beta, WEIGHTS],
        [gamma - beta, SLOW],
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
        [alpha, MOMENTUM],
        [1 / n, DELTA],
        [-gamma, SLOW],
      ] as const;
      return { partners: messages.length, effect: combine(MOMENTUM, own, received) };
    },
  };
}
