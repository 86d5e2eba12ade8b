/**
 * What nodes of a gossip algorithm do when they wake and when messages are handed to them: they decide, and threads do
 * what is to be done with vectors. When that is, and what becomes of the messages that they send, hosts say.
 */
import { SNAPSHOT, WEIGHTS, type Effect, type GossipAlgorithm, type View } from '../algorithms/index.js';
import { partLength } from '../merging/index.js';
import type { Federation } from '../recipe/index.js';
import type { Executor } from '../execution/index.js';
import { vectorsHeld, type GossipCheckpoint } from './checkpoint.js';
import type { GossipEvent } from './event-queue.js';
import type { Content } from './links.js';
import { startNodes, type GossipNode } from './nodes.js';
import type { PlacedModel } from './population.js';
import type { Slabs, Vector } from './slabs.js';
import { isSnapshot, precedesTraining, takesSnapshots } from './snapshots.js';
import { RoundTotals } from './totals.js';
import { viewer } from './views.js';
import { ProgramBuilder, type Job, type Send } from './program-builder.js';

/** A message that a node sends. */
export interface Outgoing {
  readonly from: number;
  readonly to: number;
  readonly round: number;
  readonly sequence: number;
  /** Of its vectors, as the recipe's codec lays them down. */
  readonly bytes: number;
  /** Whether it leaves before the node trains. */
  readonly isEarly: boolean;
  /**
   * What it carries, to be held by whoever asks: its vectors as they are now.
   * @param then told once they are written
   */
  readonly carry: (then?: (content: Content) => void) => Content;
}

export class NodeRuntime {
  readonly nodes: ReadonlyMap<number, GossipNode>;
  /** Of the round under way; hosts begin new ones. */
  totals = new RoundTotals();
  bytesSent: number;
  readonly builder: ProgramBuilder;
  readonly view: (node: number, round: number) => View;

  /** @param here the nodes, where they do not go on from a checkpoint */
  constructor(
    readonly federation: Federation,
    readonly algorithm: GossipAlgorithm,
    executor: Executor,
    readonly slabs: Slabs,
    checkpoint: GossipCheckpoint | undefined,
    here: ArrayLike<number>,
    readonly send: (message: Outgoing) => void,
  ) {
    this.builder = new ProgramBuilder(federation, executor, slabs);
    this.view = viewer(federation);
    this.bytesSent = checkpoint?.bytesSent ?? 0;
    if (checkpoint) {
      for (const [vector, numbers] of checkpoint.numbers) slabs.restore(vector, numbers);
      this.nodes = checkpoint.nodes;
      return;
    }
    this.nodes = startNodes(federation, algorithm, slabs, here);
    for (const [node, state] of this.nodes) {
      if (federation.recipe.init.kind === 'own') this.builder.initialise(node, state);
      state.control = algorithm.start(this.view(node, 0));
    }
  }

  /** The numbers of every vector that nodes and messages hold, for a checkpoint. */
  numbers(events: readonly GossipEvent[]): ReadonlyMap<Vector, Float32Array> {
    const vectors = vectorsHeld(this.nodes.values(), events);
    return new Map(vectors.map((vector) => [vector, this.slabs.numbers(vector)]));
  }

  /** Since the start, by the nodes here. */
  get localSteps(): number {
    return this.#sumOver(({ trained }) => trained);
  }

  /** The local steps that the evaluated models have taken. */
  get evaluatedSteps(): number {
    const isBefore = precedesTraining(this.federation.recipe, this.algorithm);
    return isBefore ? this.#sumOver(({ trainedBefore }) => trainedBefore) : this.localSteps;
  }

  /** The models of the nodes here, in their order. */
  models(): PlacedModel[] {
    return this.#placed(({ vectors }) => vectors[WEIGHTS]);
  }

  /** The same at the point of a round at which they are evaluated: the newest that each node has. */
  evaluatedModels(): PlacedModel[] {
    return this.#placed(({ vectors }) => (SNAPSHOT in vectors ? vectors[SNAPSHOT] : vectors[WEIGHTS]));
  }

  #placed(vectorOf: (state: GossipNode) => Vector): PlacedModel[] {
    return Array.from(this.nodes, ([node, state]) => {
      const vector = vectorOf(state);
      return { node, place: vector.place, weights: this.slabs.numbers(vector) };
    });
  }

  #sumOver(count: (state: GossipNode) => number): number {
    let sum = 0;
    for (const state of this.nodes.values()) sum += count(state);
    return sum;
  }

  stateOf(node: number): GossipNode {
    const state = this.nodes.get(node);
    if (state === undefined) throw new RangeError(`node ${node} is not here`);
    return state;
  }

  /** @returns to whom it sent something */
  wake(node: number): ReadonlySet<number> {
    const state = this.stateOf(node);
    const round = state.wakes++;
    state.trainedBefore = state.trained;
    const { control, effects, counts } = this.algorithm.wake(state.control, this.view(node, round));
    state.control = control;
    this.totals.count(counts);
    this.totals.woken++;
    return this.#perform(node, round, effects, []);
  }

  /** It should have woken, and is away. */
  stayAway(node: number): void {
    this.stateOf(node).wakes++;
    this.totals.missing.push(node);
  }

  /** Messages are handed to it, by sender and number. */
  receive(node: number, contents: readonly Content[]): void {
    const state = this.stateOf(node);
    const round = Math.max(state.wakes - 1, 0);
    const messages = contents.map(({ message }) => message);
    const { control, effects, counts } = this.algorithm.receive(
      state.control,
      messages,
      this.view(node, round),
    );
    state.control = control;
    this.totals.count(counts);
    this.#perform(node, round, effects, contents);
    this.totals.merges += contents.length > 0 ? 1 : 0;
  }

  /** Turns effects into programs for threads and into messages. */
  #perform(
    node: number,
    round: number,
    effects: readonly Effect[],
    received: readonly Content[],
  ): ReadonlySet<number> {
    const { totals } = this;
    const job = this.builder.begin(node, this.stateOf(node), round, received, (result) => {
      totals.add(result);
    });
    const sentTo = new Set<number>();
    const training = effects.findIndex(({ kind }) => kind === 'train' || kind === 'gradient');
    const skipsSnapshots = !takesSnapshots(this.federation.recipe, this.algorithm);
    for (const [place, effect] of effects.entries()) {
      if (skipsSnapshots && isSnapshot(effect)) continue;
      if (effect.kind === 'send') {
        this.#send(node, round, effect, job, place < training);
        sentTo.add(effect.to);
      } else job.add(effect);
    }
    job.end();
    return sentTo;
  }

  #send(from: number, round: number, send: Send, job: Job, isEarly: boolean): void {
    const { to, header, part, vectors } = send;
    const sequence = this.stateOf(from).sequence++;
    const length = part ? partLength(part) : this.federation.model.manifest.length;
    const bytes = this.federation.codec.bytes(length) * vectors.length;
    this.bytesSent += bytes;
    const carry: Outgoing['carry'] = (then) => job.carry(send, { from, round, sequence, header }, then);
    this.send({ from, to, round, sequence, bytes, isEarly, carry });
  }
}
