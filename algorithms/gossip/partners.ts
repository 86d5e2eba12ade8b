/**
 * Who exchanges models with whom. In synchronous rounds every choice is a pure function of node and round, so that
 * a receiver foresees whose message comes, and an asked node whom to answer; nobody has to ask.
 */
import { sampleWithoutReplacement, type Stream } from '../../numerics/index.js';
import type { View } from '../gossip.js';
import { perRound } from './per-round.js';

/** Who opens an exchange: the sender, the receiver, or one who does both. */
export type Protocol = 'push' | 'pull' | 'push-pull';
export type Fanout = number | 'all';

type Neighbours = Pick<View, 'out' | 'in'>;

/** Models travel along edges: a node can pull from those it hears from, and push–pull with those it does both with. */
function candidates(protocol: Protocol, neighbours: Neighbours): number[] {
  const out = Array.from(neighbours.out);
  if (protocol === 'push') return out;
  const from = Array.from(neighbours.in);
  if (protocol === 'pull') return from;
  const both = new Set(from);
  return out.filter((node) => both.has(node));
}

/** Partners of the node's own, drawn from any stream: for what nobody has to foresee. */
export function drawPartners(
  protocol: Protocol,
  fanout: Fanout,
  neighbours: Neighbours,
  draw: Stream,
): number[] {
  const among = candidates(protocol, neighbours);
  if (fanout === 'all' || fanout >= among.length) return among;
  return sampleWithoutReplacement(draw, among.length, fanout).map((index) => among[index]);
}

/** Whom a synchronous round's model goes to, and whose models come. */
export interface Foresight {
  receivers(view: View): number[];
  senders(view: View): number[];
}

export function foresee(protocol: Protocol, fanout: Fanout): Foresight {
  const partnersOf = rememberRounds((view: View, node: number) =>
    drawPartners(
      protocol,
      fanout,
      node === view.node ? view : view.neighboursOf(node),
      view.streamOf(node, view.round, 'partners'),
    ),
  );
  const chosen = (view: View) => partnersOf(view, view.node);
  const choosers = (view: View, among: ArrayLike<number>) =>
    Array.from(among).filter((node) => fanout === 'all' || partnersOf(view, node).includes(view.node));
  switch (protocol) {
    case 'push':
      return { receivers: chosen, senders: (view) => choosers(view, view.in) };
    case 'pull':
      return { receivers: (view) => choosers(view, view.out), senders: chosen };
    case 'push-pull': {
      const pairs = (view: View) => {
        const others = choosers(view, candidates(protocol, view));
        return [...new Set([...chosen(view), ...others])].sort((a, b) => a - b);
      };
      return { receivers: pairs, senders: pairs };
    }
  }
}

/** Remembers what was chosen in the latest rounds of a run; else all neighbours of a node would work it out again. */
function rememberRounds(choose: (view: View, node: number) => number[]) {
  const choicesOf = perRound(() => new Map<number, number[]>());
  return (view: View, node: number): number[] => {
    const choices = choicesOf(view);
    const choice = choices.get(node) ?? choose(view, node);
    choices.set(node, choice);
    return choice;
  };
}
