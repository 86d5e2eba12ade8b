/**
 * Token accounts: when a node sends by itself and how much it sends in answer to what comes (Danner & Jelasity,
 * "Token account algorithms: the best of the proactive and reactive worlds", ICDCS 2018; as in gossipy's
 * flow_control.py). Each period a node either sends or saves a token; messages in reaction cost a token each.
 */
import { z } from 'zod';
import type { Stream } from '../../numerics/index.js';
import { optionsSchema } from '../../registry/index.js';
import type { Community } from '../gossip.js';
import type { Fanout, Protocol } from './partners.js';

const capacity = z.int().positive().describe('C, the balance from which on a node always sends by itself');
const reactivity = z
  .int()
  .positive()
  .describe('A, about how many tokens a node keeps for each one it spends');
const useful = z
  .enum(['always', 'newer'])
  .default('always')
  .describe('whether every model that comes is useful (u = 1), or only those of a greater age than the own');

export const tokenAccountOption = z
  .discriminatedUnion('kind', [
    optionsSchema({ kind: z.literal('proactive') }),
    optionsSchema({
      kind: z.literal('reactive'),
      count: z.int().positive().default(1).describe('k, messages for each useful one that comes'),
      useful,
    }),
    optionsSchema({ kind: z.literal('simple'), capacity }),
    optionsSchema({ kind: z.literal('generalized'), capacity, reactivity, useful }),
    optionsSchema({ kind: z.literal('randomized'), capacity, reactivity, useful }),
  ])
  .prefault({ kind: 'proactive' })
  .describe('when nodes send: every period, only in reaction to what comes, or as a token account allows');

export type TokenAccountOption = z.output<typeof tokenAccountOption>;

export interface TokenAccount {
  /** The probability of sending in a period, with a balance of `tokens`. */
  proactive(tokens: number): number;
  /** How often to send in reaction; a fraction is rounded up with that probability. Costs a token each. */
  reactive(tokens: number, useful: boolean): number;
}

export function createTokenAccount(option: TokenAccountOption): TokenAccount {
  switch (option.kind) {
    case 'proactive':
      return { proactive: () => 1, reactive: () => 0 };
    case 'reactive':
      return { proactive: () => 0, reactive: (_, useful) => (useful ? option.count : 0) };
    case 'simple':
      return {
        proactive: (tokens) => (tokens >= option.capacity ? 1 : 0),
        reactive: (tokens) => (tokens > 0 ? 1 : 0),
      };
    case 'generalized': {
      const { capacity: C, reactivity: A } = option;
      return {
        proactive: (tokens) => (tokens >= C ? 1 : 0),
        reactive: (tokens, useful) => Math.floor((A - 1 + tokens) / (useful ? A : 2 * A)),
      };
    }
    case 'randomized': {
      const { capacity: C, reactivity: A } = option;
      return {
        proactive: (tokens) => Math.min(Math.max((tokens - A + 1) / (C - A + 1), 0), 1),
        reactive: (tokens, useful) => (useful ? tokens / A : 0),
      };
    }
  }
}

/** x rounded up or down so that its mean is x. */
export function roundRandomly(x: number, draw: Stream): number {
  const down = Math.floor(x);
  return x > down && draw() < x - down ? down + 1 : down;
}

/**
 * Why a token account cannot work; a sentence. A purely reactive one lives on the messages of the first period: it
 * ends with them, unnoticed, where they are lost or not useful, as at the start, when all models have the same age; and
 * their number is multiplied by `count` each time that they travel.
 */
export function refuseTokenAccount(
  option: TokenAccountOption,
  { protocol, fanout }: { readonly protocol: Protocol; readonly fanout: Fanout },
  { synchronous, unreliable, instant }: Community,
): string | undefined {
  if (option.kind === 'proactive') return undefined;
  if (synchronous) {
    return `tokenAccount '${option.kind}' reacts to single messages, which synchronous rounds do not know; use an asynchronous schedule`;
  }
  if (protocol !== 'push') {
    return `tokenAccount '${option.kind}' says when a node pushes, and protocol '${protocol}' has answers too; use protocol push`;
  }
  if (fanout !== 1) {
    return `tokenAccount '${option.kind}' has a token for each message, and fanout ${fanout} sends several at a time; use fanout: 1`;
  }
  if (option.kind === 'reactive') {
    const account = 'a token account, e.g. tokenAccount: { kind: simple, capacity: 10 }';
    if (option.useful === 'newer') {
      return `tokenAccount 'reactive' with useful: newer dies out, since all models start with the same age and none is newer; use useful: always, or ${account}`;
    }
    if (option.count > 1) {
      return `tokenAccount 'reactive' with count: ${option.count} sends ${option.count} messages for each that comes, so that their number grows without end; use count: 1, or ${account}`;
    }
    if (unreliable) {
      return `tokenAccount 'reactive' dies out where messages are lost or nodes are away, since nobody sends by itself; use ${account}`;
    }
    if (instant) {
      return `tokenAccount 'reactive' answers each message at once, so that time stands still where messages take none; set network.latency, or use ${account}`;
    }
  }
  if ('reactivity' in option && option.reactivity > option.capacity) {
    return (
      `tokenAccount '${option.kind}': reactivity ${option.reactivity} is greater than capacity ${option.capacity}, ` +
      'so that a node would hardly spend its tokens; use a reactivity of at most the capacity'
    );
  }
  return undefined;
}
