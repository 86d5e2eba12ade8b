/**
 * Hosts a gossip algorithm in one process, on a virtual clock: takes events in the order of virtual time, lets nodes
 * decide, and hands what is to be done with vectors to threads, which may lag behind the clock.
 */
import {
  WEIGHTS,
  type Effect,
  type GossipAlgorithm,
  type Message,
  type View,
} from '../../algorithms/index.js';
import { partLength, type Part } from '../../merging/index.js';
import { isExact } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import type { Executor } from '../../hosting/index.js';
import { changedBy, workOf } from './effects.js';
import { vectorsHeld, type GossipCheckpoint } from './checkpoint.js';
import { clockOf, type Clock } from './clock.js';
import { Dataflow } from './dataflow.js';
import { EventQueue, type GossipEvent } from './event-queue.js';
import { dueDeliveries, NOTHING } from './inbox.js';
import { links, type Delivery, type Link } from './links.js';
import { prepareFor, startNodes, type GossipNode } from './nodes.js';
import type { PlacedModel } from './population.js';
import { program, type Operation } from './program.js';
import { placesOf, type Places, type Slabs, type Vector } from './slabs.js';
import { RoundTotals } from './totals.js';
import { viewer } from './views.js';

/** Programs that may be open at a time, for each thread: enough to keep it busy, few enough for the memory. */
const OPEN_PER_THREAD = 16;

export class GossipHost {
  readonly nodes: GossipNode[];
  /** Rounds that are over, the virtual time, and bytes sent since the start. */
  round = 0;
  time = 0;
  bytesSent = 0;
  bytesSentThisRound = 0;
  totals = new RoundTotals();
  readonly #queue = new EventQueue();
  readonly #flow: Dataflow;
  readonly #slabs: Slabs;
  readonly #ready = new WeakMap<Content, Promise<void>>();
  readonly #view: (node: number, round: number) => View;
  readonly #link: Link;
  readonly #clock: Clock;
  /** Nodes that have not finished the round under way (synchronous). */
  #behind = 0;

  constructor(
    readonly federation: Federation,
    readonly algorithm: GossipAlgorithm,
    readonly executor: Executor,
    slabs: Slabs,
    checkpoint: GossipCheckpoint | undefined,
  ) {
    this.#slabs = slabs;
    this.#flow = new Dataflow(OPEN_PER_THREAD * executor.threads);
    this.#view = viewer(federation);
    this.#link = links(federation.recipe);
    this.#clock = clockOf(federation);
    if (checkpoint) {
      for (const [vector, numbers] of checkpoint.numbers) slabs.restore(vector, numbers);
      this.nodes = [...checkpoint.nodes];
      for (const event of checkpoint.events) this.#queue.push(event);
      ({ round: this.round, time: this.time, bytesSent: this.bytesSent } = checkpoint);
    } else {
      this.nodes = startNodes(federation, algorithm, slabs);
      for (const [node, state] of this.nodes.entries()) {
        state.control = algorithm.start(this.#view(node, 0));
        this.#queue.push({ kind: 'wake', time: this.#clock.firstWaking(node), node });
      }
    }
  }

  checkpoint(): GossipCheckpoint {
    const { round, time, bytesSent, nodes } = this;
    const { events } = this.#queue;
    const vectors = vectorsHeld(nodes, events);
    const numbers = new Map(vectors.map((vector) => [vector, this.#slabs.numbers(vector)]));
    return { round, time, bytesSent, nodes, events, numbers };
  }

  /** All nodes' models. */
  models(): PlacedModel[] {
    return this.nodes.map(({ vectors: { [WEIGHTS]: vector } }) => ({
      place: vector.place,
      weights: this.#slabs.numbers(vector),
    }));
  }

  /** Goes on until one more round is over (synchronous: at every node) and all its arithmetic is done. */
  async nextRound(): Promise<void> {
    this.totals = new RoundTotals();
    const sentBefore = this.bytesSent;
    const target = this.round + 1;
    this.#behind = this.nodes.filter(({ finished }) => finished < target).length;
    while (!this.#isOver(target)) {
      const event = this.#queue.pop();
      if (event === undefined)
        throw new Error(`gossip came to a standstill in round ${target}: nobody waits for anything`);
      this.time = event.time;
      this.#happen(event);
      await this.#flow.room();
    }
    await this.#flow.drain();
    this.round = target;
    this.bytesSentThisRound = this.bytesSent - sentBefore;
    if (!this.#synchronous) this.time = target * this.#clock.period;
  }

  get #synchronous(): boolean {
    return this.#clock.synchronous;
  }

  #isOver(round: number): boolean {
    if (this.#synchronous) return this.#behind === 0;
    return (this.#queue.peek()?.time ?? Infinity) >= round * this.#clock.period;
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

  #wake(node: number): void {
    const state = this.nodes[node];
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
    const state = this.nodes[node];
    if (this.#synchronous && delivery.round < state.finished) {
      this.#discard(delivery.content ? [delivery.content] : []);
      return;
    }
    state.inbox.push(delivery);
    this.#callIfDue(node);
  }

  /** In synchronous rounds neighbours wait: those to whom nothing was sent are told so. */
  #tellTheOthers(node: number, round: number, view: View, sentTo: ReadonlySet<number>): void {
    for (const to of Array.from(view.out)) {
      if (sentTo.has(to)) continue;
      const delivery: Delivery = { from: node, round, sequence: NOTHING };
      this.#queue.push({ kind: 'deliver', time: this.time, node: to, delivery });
    }
  }

  /** Hands messages over once what the algorithm expects has come. */
  #callIfDue(node: number): void {
    const due = this.#due(node);
    if (due === undefined) return;
    const { busyUntil } = this.nodes[node];
    this.#queue.push({ kind: 'receive', time: Math.max(this.time, busyUntil), node });
  }

  /** The deliveries to hand over now, or nothing yet. */
  #due(node: number): Delivery[] | undefined {
    return dueDeliveries(this.algorithm.expects, this.nodes[node], (round) => this.#view(node, round));
  }

  #receive(node: number): void {
    const state = this.nodes[node];
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
    } else this.#discard(contents);
    if (this.#synchronous) {
      state.finished = round + 1;
      if (state.finished === this.round + 1) this.#behind--;
      this.#queue.push({ kind: 'wake', time: Math.max(this.time, round + 1), node });
    } else this.#callIfDue(node);
  }

  /** Turns effects into a program for a thread and into messages on their way. @returns who was sent something */
  #perform(
    node: number,
    round: number,
    effects: readonly Effect[],
    received: readonly Content[],
  ): Set<number> {
    const state = this.nodes[node];
    const own = placesOf(state.vectors);
    const operations: Operation[] = [];
    const sent: Content[] = [];
    const sentTo = new Set<number>();
    /** What the node does not hold any more once all is done. */
    const left: Vector[] = received.flatMap(({ vectors }) => Object.values(vectors));
    /** Vectors as they come out of the codec, which many are sent before they change. */
    const coded = new Map<string, Vector>();
    const carry = (name: string, part: Part | undefined): Vector => {
      if (!part && isExact(this.federation.codec)) return this.#slabs.hold(state.vectors[name]);
      const known = part ? undefined : coded.get(name);
      if (known) return this.#slabs.hold(known);
      const vector = this.#slabs.take(part ? partLength(part) : this.federation.model.manifest.length);
      operations.push({ kind: 'copy', part, into: { [name]: vector.place } });
      if (!part) coded.set(name, vector);
      return vector;
    };
    const { trained } = state;
    const { steps } = state.optimizer;
    const training = effects.findIndex(({ kind }) => kind === 'train' || kind === 'gradient');
    for (const [place, effect] of effects.entries()) {
      if (effect.kind !== 'send') {
        const changed = changedBy(effect);
        for (const name of changed) coded.delete(name);
        operations.push({ ...effect, moves: this.#move(changed, state, left) });
        prepareFor(effect, state, this.#slabs);
        const work = workOf(effect, this.federation.partition.size(node));
        state.trained += work.batches;
        state.optimizer.steps += work.steps;
        continue;
      }
      const { to, header, part } = effect;
      const message = { from: node, round, sequence: state.sequence++, header, ...(part && { part }) };
      const leaves = place < training ? this.time : Math.max(this.time, state.busyUntil);
      const content = this.#post(effect, message, carry, leaves);
      sentTo.add(to);
      if (content) sent.push(content);
    }
    if (operations.length === 0 && sent.length === 0 && left.length === 0) return sentTo;
    const needs = received.flatMap((content) => this.#ready.get(content) ?? []);
    const done = this.#flow.submit(node, needs, async () => {
      if (operations.length > 0) {
        const places = received.map(({ vectors }) => placesOf(vectors));
        const optimizer = { steps, moments: placesOf(state.optimizer.moments) };
        const task = { node, round, own, optimizer, received: places, operations, trained };
        this.totals.add(await this.executor.perform(program, task));
      }
      for (const vector of left) this.#slabs.release(vector);
    });
    for (const content of sent) this.#ready.set(content, done);
    return sentTo;
  }

  /** Ends the hold of messages that nobody reads, once what they carry is written. */
  #discard(contents: readonly Content[]): void {
    for (const content of contents) {
      void Promise.resolve(this.#ready.get(content)).then(() => {
        for (const vector of Object.values(content.vectors)) this.#slabs.release(vector);
      });
    }
  }

  /** Gives vectors that are to be written new places where others hold them too, or where there are none yet. */
  #move(names: readonly string[], { vectors }: GossipNode, left: Vector[]): Places {
    const shared = names.filter((name) => !(name in vectors) || vectors[name].holders > 1);
    for (const name of shared) {
      if (name in vectors) left.push(vectors[name]);
      vectors[name] = this.#slabs.take(this.federation.model.manifest.length);
    }
    return Object.fromEntries(shared.map((name) => [name, vectors[name].place]));
  }

  /**
   * Puts a message on its way; in synchronous rounds, where it is lost, word of that.
   * @returns its content, or nothing where it is lost or its reader is away
   */
  #post(
    { to, vectors, part }: Extract<Effect, { kind: 'send' }>,
    message: Message,
    carry: (name: string, part: Part | undefined) => Vector,
    leaves: number,
  ): Content | undefined {
    const { from, round, sequence } = message;
    const length = part ? partLength(part) : this.federation.model.manifest.length;
    const bytes = this.federation.codec.bytes(length) * vectors.length;
    this.bytesSent += bytes;
    const time = leaves + this.#link.delay(from, to, sequence, bytes);
    if (this.#link.lost(from, to, sequence) || !this.#clock.isOnline(to, round, time)) {
      if (this.#synchronous) {
        this.#queue.push({ kind: 'deliver', time, node: to, delivery: { from, round, sequence } });
      }
      return undefined;
    }
    const content = {
      message,
      vectors: Object.fromEntries(vectors.map((name) => [name, carry(name, part)])),
    };
    this.#queue.push({ kind: 'deliver', time, node: to, delivery: { from, round, sequence, content } });
    return content;
  }
}

type Content = NonNullable<Delivery['content']>;

const bySender = (a: Content, b: Content) =>
  a.message.from - b.message.from || a.message.sequence - b.message.sequence;
