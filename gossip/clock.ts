/** When nodes wake, how long they train and whether they are there: draws named by node and round. */
import { stream } from '../numerics/index.js';
import { drawFrom, meanOf, type Federation } from '../recipe/index.js';

export interface Clock {
  readonly synchronous: boolean;
  /** The mean time from one waking of a node to its next: how long a round is. */
  readonly period: number;
  firstWaking(node: number): number;
  /** Virtual time that a node trains in its round. */
  compute(node: number, round: number): number;
  /** Virtual time from a node's waking to its next (asynchronous). */
  untilNext(node: number, round: number): number;
  /** Whether a node is there: in its round (synchronous), else in the period that `time` lies in. */
  isOnline(node: number, round: number, time: number): boolean;
}

/** Periods whose nodes are remembered: messages may be under way for some. */
const REMEMBERED = 64;

export function clockOf({ recipe, behaviour }: Federation): Clock {
  const { seed, schedule, clients } = recipe;
  const own = schedule.kind === 'asynchronous' ? schedule : undefined;
  const synchronous = own === undefined;
  const period = own ? meanOf(own.period) : 1;
  const online = new Map<number, Set<number>>();

  const draw = (what: 'compute' | 'period', distribution: typeof schedule.compute) => {
    if (distribution.kind === 'constant') return () => distribution.value;
    return (node: number, round: number) =>
      drawFrom(distribution, stream(seed, 'node', node, 'round', round, what));
  };

  function onlineIn(when: number): Set<number> {
    const known = online.get(when);
    if (known) return known;
    if (online.size >= REMEMBERED) online.clear();
    const nodes = new Set(behaviour.available(when));
    online.set(when, nodes);
    return nodes;
  }

  return {
    synchronous,
    period,
    firstWaking(node) {
      if (own === undefined || own.phase === 'same') return 0;
      return period * stream(seed, 'node', node, 'phase')();
    },
    compute: draw('compute', schedule.compute),
    untilNext: own ? draw('period', own.period) : () => period,
    isOnline: (node, round, time) =>
      clients.availability === 1 || onlineIn(synchronous ? round : Math.floor(time / period)).has(node),
  };
}
