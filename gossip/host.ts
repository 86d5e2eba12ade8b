/**
 * Hosts nodes of a gossip algorithm on a virtual clock: takes events in the order of virtual time and lets nodes act;
 * threads, which do the arithmetic, may lag behind the clock. All nodes are here, or some are, and what these and
 * others send each other goes over a network.
 */
import type { GossipAlgorithm, View } from '../algorithms/index.js';
import { range } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import type { Executor } from '../execution/index.js';
import { StoppedError, type RemoteNodes } from './remote-nodes.js';
import type { GossipCheckpoint } from './checkpoint.js';
import { clockOf, type Clock } from './clock.js';
import { NodeRuntime, type Outgoing } from './node-runtime.js';
import { EventQueue, type GossipEvent } from './event-queue.js';
import { dueDeliveries, NOTHING } from './inbox.js';
import { TraceRecorder } from './trace-recorder.js';
import { bySender, links, type Delivery, type Link } from './links.js';
import type { GossipNode } from './nodes.js';
import type { PlacedModel } from './population.js';
import { numbersAt, type Slabs } from './slabs.js';
import { RoundTotals } from './totals.js';

export class GossipHost {
  /** Rounds that are over, and the virtual time. */
  round = 0;
  time = 0;
  bytesSentThisRound = 0;
  readonly #runtime: NodeRuntime;
  readonly #queue = new EventQueue();
  /** What begins the next round, in synchronous ones. */
  #next: GossipEvent[] = [];
  readonly #link: Link;
  readonly #clock: Clock;
  /** Nodes that have not finished the round under way, and when the last of the others did (synchronous). */
  #behind = 0;
  #finishedAt = 0;
  /** Of the last round, where what happens is up to what comes from elsewhere, and when. */
  readonly traceRecorder: TraceRecorder | undefined;
  #arrived: (() => void) | undefined;
  #isStopped = false;

  constructor(
    readonly federation: Federation,
    readonly algorithm: GossipAlgorithm,
    executor: Executor,
    slabs: Slabs,
    checkpoint: GossipCheckpoint | undefined,
    readonly remoteNodes?: RemoteNodes,
  ) {
    const here = remoteNodes?.here ?? range(federation.partition.clients);
    this.#runtime = new NodeRuntime(federation, algorithm, executor, slabs, checkpoint, here, (message) => {
      this.#post(message);
    });
    this.#link = links(federation.recipe);
    this.#clock = clockOf(federation);
    if (remoteNodes && !this.#synchronous) this.traceRecorder = new TraceRecorder();
    if (checkpoint) {
      for (const event of checkpoint.events) this.#queue.push(event);
      ({ round: this.round, time: this.time } = checkpoint);
    } else {
      for (const node of this.nodes.keys()) {
        this.#queue.push({ kind: 'wake', time: this.#clock.firstWaking(node), node });
      }
    }
  }

  get nodes(): ReadonlyMap<number, GossipNode> {
    return this.#runtime.nodes;
  }

  get totals(): RoundTotals {
    return this.#runtime.totals;
  }

  /** Since the start. */
  get bytesSent(): number {
    return this.#runtime.bytesSent;
  }

  checkpoint(): GossipCheckpoint {
    const { round, time, bytesSent, nodes } = this;
    const { events } = this.#queue;
    return { round, time, bytesSent, nodes, events, numbers: this.#runtime.numbers(events) };
  }

  /** The models of the nodes here, in their order. */
  models(): PlacedModel[] {
    return this.#runtime.models();
  }

  /** The same at the point of the round at which they are evaluated. */
  evaluatedModels(): PlacedModel[] {
    return this.#runtime.evaluatedModels();
  }

  /**
   * What a node elsewhere sent to one here has come; it may be of a later round.
   * @param time when it comes by the sender's clock, which is everybody's in synchronous rounds; nor does it come before
   * that here in others, so that what is read in a round was sent in it or before: a replay goes round by round
   */
  arrive(node: number, delivery: Delivery, time: number): void {
    const at = this.#synchronous ? time : Math.max(time, this.time + this.#delay(node, delivery));
    this.#queue.push({ kind: 'deliver', time: at, node, delivery });
    this.#goOn();
  }

  /**
   * Goes on until one more round is over (synchronous: at every node here) and all its arithmetic is done. In
   * synchronous rounds no node begins the next before that.
   */
  async nextRound(): Promise<void> {
    this.#runtime.totals = new RoundTotals();
    this.traceRecorder?.clear();
    const { flow } = this.#runtime.builder;
    const sentBefore = this.bytesSent;
    const target = this.round + 1;
    this.#behind = [...this.nodes.values()].filter(({ finished }) => finished < target).length;
    while (!this.#isOver(target)) {
      if (this.#isStopped) throw new StoppedError();
      const event = this.#queue.peek();
      const ms = event === undefined ? Infinity : (this.remoteNodes?.clock?.msUntil(event.time) ?? 0);
      if (event === undefined || ms > 0) {
        await this.#arrival(target, ms);
        continue;
      }
      this.#queue.pop();
      this.time = event.time;
      this.#happen(event);
      await flow.room();
    }
    await flow.drain();
    for (const event of this.#next) this.#queue.push(event);
    this.#next = [];
    this.round = target;
    this.totals.localSteps = this.#runtime.localSteps;
    this.totals.evaluatedSteps = this.#runtime.evaluatedSteps;
    this.bytesSentThisRound = this.bytesSent - sentBefore;
    this.time = this.#synchronous ? this.#finishedAt : target * this.#clock.period;
  }

  /** Whether threads are at something. */
  get isBusy(): boolean {
    return !this.#runtime.builder.flow.isIdle;
  }

  /** Whether nothing happens here before something comes from elsewhere. */
  get isWaiting(): boolean {
    return this.#arrived !== undefined && !this.isBusy;
  }

  /** Gives up the round under way, and what is left of it in threads: it will throw a StoppedError. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#goOn();
    await this.#runtime.builder.flow.drain().catch(() => undefined);
  }

  get #synchronous(): boolean {
    return this.#clock.synchronous;
  }

  #isOver(round: number): boolean {
    if (this.#synchronous) return this.#behind === 0;
    return (this.#queue.peek()?.time ?? Infinity) >= round * this.#clock.period;
  }

  /** Nobody here can go on before something comes from elsewhere, or it is time. */
  async #arrival(round: number, ms: number): Promise<void> {
    const { remoteNodes } = this;
    if (remoteNodes === undefined) {
      throw new Error(`gossip came to a standstill in round ${round}: nobody waits for anything`);
    }
    const { failed } = this.#runtime.builder.flow;
    const arrived = new Promise<void>((resolve) => (this.#arrived = resolve));
    const cancel =
      ms < Infinity &&
      remoteNodes.clock?.setTimer(ms, () => {
        this.#goOn();
      });
    await Promise.race([arrived, failed]);
    if (cancel) cancel();
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

  #wake(node: number): void {
    const state = this.#runtime.stateOf(node);
    if (this.time < state.busyUntil) {
      this.#queue.push({ kind: 'wake', time: state.busyUntil, node });
      return;
    }
    const round = state.wakes;
    const isOnline = this.#clock.isOnline(node, round, this.time);
    this.traceRecorder?.record(node, isOnline ? 'woke' : 'away');
    let sentTo: ReadonlySet<number> = new Set();
    if (isOnline) {
      state.busyUntil = this.time + this.#clock.compute(node, round);
      sentTo = this.#runtime.wake(node);
    } else this.#runtime.stayAway(node);
    if (this.#synchronous) {
      this.#tellTheOthers(node, round, this.#runtime.view(node, round), sentTo);
      this.#callIfDue(node);
    } else {
      state.finished++;
      this.#queue.push({ kind: 'wake', time: this.time + this.#clock.untilNext(node, round), node });
    }
  }

  /** Word that nothing comes from a neighbour may come when the round that it is of is over. */
  #deliver(node: number, delivery: Delivery): void {
    const state = this.#runtime.stateOf(node);
    if (this.#synchronous && delivery.round < state.finished) {
      this.#runtime.builder.discard(delivery.content ? [delivery.content] : []);
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
    const { busyUntil } = this.#runtime.stateOf(node);
    this.#queue.push({ kind: 'receive', time: Math.max(this.time, busyUntil), node });
  }

  /** The deliveries to hand over now, or nothing yet. */
  #due(node: number): Delivery[] | undefined {
    const viewOf = (round: number) => this.#runtime.view(node, round);
    return dueDeliveries(this.algorithm.expects, this.#runtime.stateOf(node), viewOf);
  }

  #receive(node: number): void {
    const state = this.#runtime.stateOf(node);
    const due = this.#due(node);
    if (due === undefined) return;
    const round = Math.max(state.wakes - 1, 0);
    const taken = new Set(due);
    state.inbox = state.inbox.filter((delivery) => !taken.has(delivery));
    const contents = due.flatMap(({ content }) => content ?? []).sort(bySender);
    if (!this.#synchronous || this.#clock.isOnline(node, round, this.time)) {
      this.traceRecorder?.handed(node, contents);
      this.#runtime.receive(node, contents);
    } else this.#runtime.builder.discard(contents);
    if (this.#synchronous) {
      state.finished = round + 1;
      this.#behind--;
      this.#finishedAt = Math.max(this.#finishedAt, this.time);
      this.#next.push({ kind: 'wake', time: Math.max(this.time, round + 1), node });
    } else this.#callIfDue(node);
  }

  /** Puts a message on its way; in synchronous rounds, where it is lost or its reader is away, word of that. */
  #post({ from, to, round, sequence, bytes, isEarly, carry }: Outgoing): void {
    const leaves = isEarly ? this.time : Math.max(this.time, this.#runtime.stateOf(from).busyUntil);
    const time = leaves + this.#link.delay(from, to, sequence, bytes);
    const delivery = { from, round, sequence };
    if (this.#link.lost(from, to, sequence) || !this.#clock.isOnline(to, round, time)) {
      if (this.#synchronous) this.#dispatch(to, delivery, time);
      return;
    }
    const { remoteNodes } = this;
    if (this.nodes.has(to) || remoteNodes === undefined) {
      this.#dispatch(to, { ...delivery, content: carry() }, time);
    } else {
      carry((content) => {
        remoteNodes.post(to, { ...delivery, content }, time);
      });
    }
  }

  /** To a node here or, what has no vectors, elsewhere. */
  #dispatch(to: number, delivery: Delivery, time: number): void {
    if (this.nodes.has(to)) this.#queue.push({ kind: 'deliver', time, node: to, delivery });
    else this.remoteNodes?.post(to, delivery, time);
  }

  /** How long the recipe's link takes for what a node elsewhere has sent: its clock may be another. */
  #delay(to: number, { from, sequence, content }: Delivery): number {
    const vectors = Object.values(content?.vectors ?? {});
    const { codec } = this.federation;
    const bytes = vectors.reduce((sum, { place }) => sum + codec.bytes(numbersAt(place)), 0);
    return this.#link.delay(from, to, sequence, bytes);
  }
}
