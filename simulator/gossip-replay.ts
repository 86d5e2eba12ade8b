/**
 * Nodes of a gossip algorithm do again what they did in a run over a network, as its trace has it: what happens at a node
 * happens in its order there, and a message is handed over once it has been sent. No clock takes part.
 */
import type { GossipAlgorithm } from '../algorithms/index.js';
import {
  NodeRuntime,
  RoundTotals,
  type Content,
  type GossipCheckpoint,
  type Outgoing,
  type PlacedModel,
  type Slabs,
} from '../gossip/index.js';
import type { Executor } from '../execution/index.js';
import { range } from '../numerics/index.js';
import { meanOf, type Federation } from '../recipe/index.js';
import { roundIn, RunDirectoryError, type Happening, type Trace } from '../records/index.js';

interface Sent {
  readonly to: number;
  readonly content: Content;
}

export class GossipReplay {
  round = 0;
  bytesSentThisRound = 0;
  readonly #runtime: NodeRuntime;
  readonly #period: number;
  /** What was sent and is yet to be handed over; nothing else is kept. */
  readonly #sent = new Map<string, Sent>();
  /** Everything that is ever handed over. */
  readonly #read = new Set<string>();

  /** @throws RunDirectoryError where it is no trace of such a run */
  constructor(
    federation: Federation,
    algorithm: GossipAlgorithm,
    executor: Executor,
    slabs: Slabs,
    checkpoint: GossipCheckpoint | undefined,
    readonly trace: Trace,
  ) {
    const { schedule } = federation.recipe;
    this.#period = schedule.kind === 'asynchronous' ? meanOf(schedule.period) : 1;
    const here = range(federation.partition.clients);
    this.#runtime = new NodeRuntime(federation, algorithm, executor, slabs, checkpoint, here, (message) => {
      this.#post(message);
    });
    this.round = checkpoint?.round ?? 0;
    for (const event of checkpoint?.events ?? []) {
      if (event.kind !== 'deliver' || event.delivery.content === undefined) continue;
      this.#sent.set(nameOf(event.delivery), { to: event.node, content: event.delivery.content });
    }
    for (const round of trace.keys()) {
      for (const { happened } of this.#recorded(round)) {
        for (const happening of happened) {
          for (const message of messagesOf(happening)) this.#read.add(nameOf(message));
        }
      }
    }
  }

  get time(): number {
    return this.round * this.#period;
  }

  get totals(): RoundTotals {
    return this.#runtime.totals;
  }

  get bytesSent(): number {
    return this.#runtime.bytesSent;
  }

  models(): PlacedModel[] {
    return this.#runtime.models();
  }

  evaluatedModels(): PlacedModel[] {
    return this.#runtime.evaluatedModels();
  }

  checkpoint(): GossipCheckpoint {
    const { round, time, bytesSent } = this;
    const events = Array.from(this.#sent.values(), ({ to, content }) => {
      const { from, round, sequence } = content.message;
      return { kind: 'deliver' as const, time, node: to, delivery: { from, round, sequence, content } };
    });
    return {
      round,
      time,
      bytesSent,
      nodes: this.#runtime.nodes,
      events,
      numbers: this.#runtime.numbers(events),
    };
  }

  async nextRound(): Promise<void> {
    const { flow } = this.#runtime.builder;
    const sentBefore = this.bytesSent;
    const target = this.round + 1;
    this.#runtime.totals = new RoundTotals();
    let left = this.#recorded(target).map(({ node, happened }) => ({ node, happened: [...happened] }));
    while (left.length > 0) {
      let hasGoneOn = false;
      for (const { node, happened } of left) {
        while (happened.length > 0 && this.#happens(node, happened[0])) {
          happened.shift();
          hasGoneOn = true;
          await flow.room();
        }
      }
      if (!hasGoneOn) throw foreign(target);
      left = left.filter(({ happened }) => happened.length > 0);
    }
    await flow.drain();
    this.round = target;
    this.totals.localSteps = this.#runtime.localSteps;
    this.totals.evaluatedSteps = this.#runtime.evaluatedSteps;
    this.bytesSentThisRound = this.bytesSent - sentBefore;
  }

  #recorded(round: number) {
    const { trace } = roundIn(this.trace, round);
    if (trace === undefined) {
      throw new RunDirectoryError(
        'the run to replay does not say what happened at its nodes: name the directory of one by murmur serve or launch',
      );
    }
    return trace;
  }

  /** @returns whether it could happen already */
  #happens(node: number, happening: Happening): boolean {
    if (!this.#runtime.nodes.has(node)) return false;
    if (happening === 'woke') this.#runtime.wake(node);
    else if (happening === 'away') this.#runtime.stayAway(node);
    else {
      const messages = messagesOf(happening).map(nameOf);
      const sent = messages.flatMap((message) => this.#sent.get(message) ?? []);
      if (sent.length < messages.length || sent.some(({ to }) => to !== node)) return false;
      for (const message of messages) this.#sent.delete(message);
      this.#runtime.receive(
        node,
        sent.map(({ content }) => content),
      );
    }
    return true;
  }

  #post(message: Outgoing): void {
    const name = nameOf(message);
    if (this.#read.has(name)) this.#sent.set(name, { to: message.to, content: message.carry() });
  }
}

/** Each sender counts its messages. */
const nameOf = ({ from, sequence }: { readonly from: number; readonly sequence: number }) =>
  `${from}:${sequence}`;

function messagesOf(happening: Happening) {
  if (typeof happening === 'string') return [];
  return Array.from({ length: happening.length / 2 }, (_, i) => ({
    from: happening[2 * i],
    sequence: happening[2 * i + 1],
  }));
}

const foreign = (round: number) =>
  new RunDirectoryError(`round ${round} of the run to replay is not of asynchronous gossip by this recipe`);
