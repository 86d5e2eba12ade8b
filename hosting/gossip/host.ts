/**
 * Hosts nodes of a gossip algorithm on a virtual clock: takes events in the order of virtual time, lets nodes decide,
 * and hands what is to be done with vectors to threads, which may lag behind the clock. All nodes are here, or some
 * are, and what these and others send each other goes over a network.
 */
import { WEIGHTS, type Effect, type GossipAlgorithm, type View } from '../../algorithms/index.js';
import { partLength } from '../../merging/index.js';
import { range } from '../../numerics/index.js';
import type { Federation } from '../../recipe/index.js';
import type { Executor } from '../executor.js';
import { vectorsHeld, type GossipCheckpoint } from './checkpoint.js';
import { clockOf, type Clock } from './clock.js';
import { EventQueue, type GossipEvent } from './event-queue.js';
import { dueDeliveries, NOTHING } from './inbox.js';
import { links, type Content, type Delivery, type Link } from './links.js';
import { startNodes, type GossipNode } from './nodes.js';
import type { PlacedModel } from './population.js';
import type { Slabs } from './slabs.js';
import { RoundTotals } from './totals.js';
import { viewer } from './views.js';
import { Workshop, type Job, type Send } from './workshop.js';

/** Where nodes are that this host does not have. */
export interface Abroad {
  /** The nodes that are here. */
  readonly here: ArrayLike<number>;
  /**
   * Takes what a node elsewhere is sent, with the virtual time at which it comes there. The vectors are written;
   * whoever takes them releases them.
   */
  post(to: number, delivery: Delivery, time: number): void;
}

/** The round was given up. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}

export class GossipHost {
  readonly nodes: ReadonlyMap<number, GossipNode>;
  /** Rounds that are over, the virtual time, and bytes sent since the start. */
  round = 0;
  time = 0;
  bytesSent = 0;
  bytesSentThisRound = 0;
  totals = new RoundTotals();
  readonly #queue = new EventQueue();
  /** What begins the next round, in synchronous ones. */
  #next: GossipEvent[] = [];
  readonly #workshop: Workshop;
  readonly #slabs: Slabs;
  readonly #view: (node: number, round: number) => View;
  readonly #link: Link;
  readonly #clock: Clock;
  /** Nodes that have not finished the round under way, and when the last of the others did (synchronous). */
  #behind = 0;
  #finishedAt = 0;
  #arrived: (() => void) | undefined;
  #isStopped = false;

  constructor(
    readonly federation: Federation,
    readonly algorithm: GossipAlgorithm,
    readonly executor: Executor,
    slabs: Slabs,
    checkpoint: GossipCheckpoint | undefined,
    readonly abroad?: Abroad,
  ) {
    this.#slabs = slabs;
    this.#workshop = new Workshop(federation, executor, slabs);
    this.#view = viewer(federation);
    this.#link = links(federation.recipe);
    this.#clock = clockOf(federation);
    if (checkpoint) {
      for (const [vector, numbers] of checkpoint.numbers) slabs.restore(vector, numbers);
      this.nodes = checkpoint.nodes;
      for (const event of checkpoint.events) this.#queue.push(event);
      ({ round: this.round, time: this.time, bytesSent: this.bytesSent } = checkpoint);
    } else {
      const here = abroad?.here ?? range(federation.partition.clients);
      this.nodes = startNodes(federation, algorithm, slabs, here);
      for (const [node, state] of this.nodes) {
        if (federation.recipe.init.kind === 'own') this.#workshop.initialise(node, state);
        state.control = algorithm.start(this.#view(node, 0));
        this.#queue.push({ kind: 'wake', time: this.#clock.firstWaking(node), node });
      }
    }
  }

  checkpoint(): GossipCheckpoint {
    const { round, time, bytesSent, nodes } = this;
    const { events } = this.#queue;
    const vectors = vectorsHeld(nodes.values(), events);
    const numbers = new Map(vectors.map((vector) => [vector, this.#slabs.numbers(vector)]));
    return { round, time, bytesSent, nodes, events, numbers };
  }

  /** The models of the nodes here, in their order. */
  models(): PlacedModel[] {
    return Array.from(
      this.nodes,
      ([
        node,
        {
          vectors: { [WEIGHTS]: vector },
        },
      ]) => ({
        node,
        place: vector.place,
        weights: this.#slabs.numbers(vector),
      }),
    );
  }

  /** What a node elsewhere sent to one here has come; it may be of a later round. */
  arrive(node: number, delivery: Delivery, time: number): void {
    this.#queue.push({ kind: 'deliver', time, node, delivery });
    this.#goOn();
  }

  /**
   * Goes on until one more round is over (synchronous: at every node here) and all its arithmetic is done. In
   * synchronous rounds no node begins the next before that.
   */
  async nextRound(): Promise<void> {
    this.totals = new RoundTotals();
    const sentBefore = this.bytesSent;
    const target = this.round + 1;
    this.#behind = [...this.nodes.values()].filter(({ finished }) => finished < target).length;
    while (!this.#isOver(target)) {
      if (this.#isStopped) throw new StoppedError();
      const event = this.#queue.pop();
      if (event === undefined) {
        await this.#arrival(target);
        continue;
      }
      this.time = event.time;
      this.#happen(event);
      await this.#workshop.flow.room();
    }
    await this.#workshop.flow.drain();
    for (const event of this.#next) this.#queue.push(event);
    this.#next = [];
    this.round = target;
    this.bytesSentThisRound = this.bytesSent - sentBefore;
    this.time = this.#synchronous ? this.#finishedAt : target * this.#clock.period;
  }

  /** Whether threads are at something. */
  get isBusy(): boolean {
    return !this.#workshop.flow.isIdle;
  }

  /** Whether nothing happens here before something comes from elsewhere. */
  get isWaiting(): boolean {
    return this.#arrived !== undefined && !this.isBusy;
  }

  /** Gives up the round under way, and what is left of it in threads: it will throw a StoppedError. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#goOn();
    await this.#workshop.flow.drain().catch(() => undefined);
  }

  get #synchronous(): boolean {
    return this.#clock.synchronous;
  }

  #isOver(round: number): boolean {
    if (this.#synchronous) return this.#behind === 0;
    return (this.#queue.peek()?.time ?? Infinity) >= round * this.#clock.period;
  }

  /** Nobody here can go on before something comes from elsewhere. */
  async #arrival(round: number): Promise<void> {
    if (this.abroad === undefined) {
      throw new Error(`gossip came to a standstill in round ${round}: nobody waits for anything`);
    }
    const { failed } = this.#workshop.flow;
    await Promise.race([new Promise<void>((resolve) => (this.#arrived = resolve)), failed]);
  }

  #goOn(): void {
    this.#arrived?.();
    this.#arrived = undefined;
  }

  #happen(event: GossipEvent): void {
    switch (event.kind) {
      case 'wake':
        this.#wake(event.node);
        break;
      case 'deliver':
        this.#deliver(event.node, event.delivery);
        break;
      case 'receive':
        this.#receive(event.node);
    }
  }

  #stateOf(node: number): GossipNode {
    const state = this.nodes.get(node);
    if (state === undefined) throw new RangeError(`node ${node} is not here`);
    return state;
  }

  #wake(node: number): void {
    const state = this.#stateOf(node);
    if (this.time < state.busyUntil) {
      this.#queue.push({ kind: 'wake', time: state.busyUntil, node });
      return;
    }
    const round = state.wakes++;
    const view = this.#view(node, round);
    if (this.#clock.isOnline(node, round, this.time)) {
      state.busyUntil = this.time + this.#clock.compute(node, round);
      const { control, effects, counts } = this.algorithm.wake(state.control, view);
      state.control = control;
      this.totals.count(counts);
      const sentTo = this.#perform(node, round, effects, []);
      if (this.#synchronous) this.#tellTheOthers(node, round, view, sentTo);
      this.totals.woken++;
    } else {
      this.totals.missing.push(node);
      if (this.#synchronous) this.#tellTheOthers(node, round, view, new Set());
    }
    if (this.#synchronous) this.#callIfDue(node);
    else {
      state.finished++;
      this.#queue.push({ kind: 'wake', time: this.time + this.#clock.untilNext(node, round), node });
    }
  }

  /** Word that nothing comes from a neighbour may come when the round that it is of is over. */
  #deliver(node: number, delivery: Delivery): void {
    const state = this.#stateOf(node);
    if (this.#synchronous && delivery.round < state.finished) {
      this.#workshop.discard(delivery.content ? [delivery.content] : []);
      return;
    }
    state.inbox.push(delivery);
    this.#callIfDue(node);
  }

  /** In synchronous rounds neighbours wait: those to whom nothing was sent are told so. */
  #tellTheOthers(node: number, round: number, view: View, sentTo: ReadonlySet<number>): void {
    for (const to of Array.from(view.out)) {
      if (!sentTo.has(to)) this.#dispatch(to, { from: node, round, sequence: NOTHING }, this.time);
    }
  }

  /** Hands messages over once what the algorithm expects has come. */
  #callIfDue(node: number): void {
    const due = this.#due(node);
    if (due === undefined) return;
    const { busyUntil } = this.#stateOf(node);
    this.#queue.push({ kind: 'receive', time: Math.max(this.time, busyUntil), node });
  }

  /** The deliveries to hand over now, or nothing yet. */
  #due(node: number): Delivery[] | undefined {
    return dueDeliveries(this.algorithm.expects, this.#stateOf(node), (round) => this.#view(node, round));
  }

  #receive(node: number): void {
    const state = this.#stateOf(node);
    const due = this.#due(node);
    if (due === undefined) return;
    const round = Math.max(state.wakes - 1, 0);
    const taken = new Set(due);
    state.inbox = state.inbox.filter((delivery) => !taken.has(delivery));
    const contents = due.flatMap(({ content }) => content ?? []).sort(bySender);
    if (!this.#synchronous || this.#clock.isOnline(node, round, this.time)) {
      const messages = contents.map(({ message }) => message);
      const { control, effects, counts } = this.algorithm.receive(
        state.control,
        messages,
        this.#view(node, round),
      );
      state.control = control;
      this.totals.count(counts);
      this.#perform(node, round, effects, contents);
      this.totals.merges += contents.length > 0 ? 1 : 0;
    } else this.#workshop.discard(contents);
    if (this.#synchronous) {
      state.finished = round + 1;
      this.#behind--;
      this.#finishedAt = Math.max(this.#finishedAt, this.time);
      this.#next.push({ kind: 'wake', time: Math.max(this.time, round + 1), node });
    } else this.#callIfDue(node);
  }

  /** Turns effects into programs for threads and into messages on their way. @returns who was sent something */
  #perform(
    node: number,
    round: number,
    effects: readonly Effect[],
    received: readonly Content[],
  ): Set<number> {
    const state = this.#stateOf(node);
    const { totals } = this;
    const job = this.#workshop.begin(node, state, round, received, (result) => {
      totals.add(result);
    });
    const sentTo = new Set<number>();
    const training = effects.findIndex(({ kind }) => kind === 'train' || kind === 'gradient');
    for (const [place, effect] of effects.entries()) {
      if (effect.kind === 'send') {
        const leaves = place < training ? this.time : Math.max(this.time, state.busyUntil);
        this.#post(node, round, effect, job, leaves);
        sentTo.add(effect.to);
      } else job.add(effect);
    }
    job.end();
    return sentTo;
  }

  /** Puts a message on its way; in synchronous rounds, where it is lost or its reader is away, word of that. */
  #post(from: number, round: number, send: Send, job: Job, leaves: number): void {
    const { to, header, part, vectors } = send;
    const sequence = this.#stateOf(from).sequence++;
    const length = part ? partLength(part) : this.federation.model.manifest.length;
    const bytes = this.federation.codec.bytes(length) * vectors.length;
    this.bytesSent += bytes;
    const time = leaves + this.#link.delay(from, to, sequence, bytes);
    const delivery = { from, round, sequence };
    if (this.#link.lost(from, to, sequence) || !this.#clock.isOnline(to, round, time)) {
      if (this.#synchronous) this.#dispatch(to, delivery, time);
      return;
    }
    const message = { from, round, sequence, header };
    const { abroad } = this;
    if (this.nodes.has(to) || abroad === undefined) {
      this.#dispatch(to, { ...delivery, content: job.carry(send, message) }, time);
    } else {
      job.carry(send, message, (content) => {
        abroad.post(to, { ...delivery, content }, time);
      });
    }
  }

  /** To a node here or, what has no vectors, elsewhere. */
  #dispatch(to: number, delivery: Delivery, time: number): void {
    if (this.nodes.has(to)) this.#queue.push({ kind: 'deliver', time, node: to, delivery });
    else this.abroad?.post(to, delivery, time);
  }
}

const bySender = (a: Content, b: Content) =>
  a.message.from - b.message.from || a.message.sequence - b.message.sequence;
