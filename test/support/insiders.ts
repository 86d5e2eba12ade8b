/**
 * What becomes of a run when an insider changes one of its messages in one way. Insiders that were turned away are followed by
 * others, each with the next change, so that one run shows many.
 */
import { decodeFrame, ProtocolError, type Message, type Way } from '../../protocol/index.js';
import { GossipNetwork, type GossipOutcome, type GossipScenario } from './gossip-network.js';
import { mutationsOf } from './message-mutations.js';

/** A message that the insider sends: the n-th of its kind that goes a way. */
export interface Sent {
  readonly message: Message;
  readonly way: Way;
  readonly place: number;
}

export interface Change {
  readonly sent: Sent;
  readonly field: string;
  readonly change: string;
}

/** A run with changes of which all but the last, maybe, were refused. */
export interface Shown {
  readonly tried: readonly Change[];
  /** Those that were on the wire. */
  readonly done: readonly Change[];
  readonly outcome: GossipOutcome;
}

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 22, tensors: 2 ** 10 };

/** What an insider sends in an undisturbed run, and what that ends in. */
export async function undisturbed(
  scenario: GossipScenario,
): Promise<{ sent: Sent[]; outcome: GossipOutcome }> {
  const sent: Sent[] = [];
  const outcome = await new GossipNetwork(scenario, (message, way) => {
    const place = sent.filter((one) => one.message.kind === message.kind && one.way === way).length;
    sent.push({ message, way, place });
    return undefined;
  }).run();
  return { sent, outcome };
}

/** All changes of a message, and how many more no reader takes for a message at all. */
export function changesOf(sent: Sent): { readable: Change[]; unreadable: Change[] } {
  const [readable, unreadable]: [Change[], Change[]] = [[], []];
  for (const { field, change, frame } of mutationsOf(sent.message)) {
    try {
      decodeFrame(frame, sent.way, LIMITS);
      readable.push({ sent, field, change });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      unreadable.push({ sent, field, change });
    }
  }
  return { readable, unreadable };
}

/** Runs until all changes were tried. */
export async function* insiders(
  scenario: GossipScenario,
  changes: readonly Change[],
): AsyncGenerator<Shown, void> {
  let next = 0;
  while (next < changes.length) {
    const tried: Change[] = [];
    const done: Change[] = [];
    const places = new Map<string, number>();
    let current = -1;
    const first = next;
    const outcome = await new GossipNetwork(scenario, (message, way, incarnation) => {
      if (incarnation > current) {
        current = incarnation;
        places.clear();
        if (first + incarnation < changes.length) tried.push(changes[first + incarnation]);
      }
      const key = `${message.kind} ${way}`;
      const place = places.get(key) ?? 0;
      places.set(key, place + 1);
      const change = tried.at(incarnation);
      if (change === undefined || change.sent.place !== place || change.sent.message.kind !== message.kind)
        return undefined;
      if (change.sent.way !== way) return undefined;
      for (const { field, change: how, frame } of mutationsOf(message)) {
        if (field !== change.field || how !== change.change) continue;
        done.push(change);
        return frame;
      }
      return undefined;
    }).run();
    next += Math.max(1, tried.length);
    yield { tried, done, outcome };
  }
}
