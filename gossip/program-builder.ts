/**
 * Turns the effects that nodes decide on into programs for threads: where the vectors lie that they read and write,
 * and when what messages carry is written. Threads may lag behind the decisions.
 */
import { WEIGHTS, type Effect } from '../algorithms/index.js';
import { partLength, type Part } from '../merging/index.js';
import { isExact } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import type { Executor } from '../execution/index.js';
import { Dataflow } from './dataflow.js';
import { changedBy, workOf, type OwnEffect } from './effects.js';
import { initialise } from './initialise.js';
import type { Content } from './links.js';
import { prepareFor, type GossipNode } from './nodes.js';
import { program, type Operation, type ProgramResult } from './program.js';
import { placesOf, type Places, type Slabs, type Vector } from './slabs.js';

export type Send = Extract<Effect, { kind: 'send' }>;

/** Programs that may be open at a time, for each thread: enough to keep it busy, few enough for the memory. */
const OPEN_PER_THREAD = 16;

export class ProgramBuilder {
  readonly flow: Dataflow;
  /** When the vectors of messages are written; those that came from elsewhere always are. */
  readonly #ready = new WeakMap<Content, Promise<void>>();

  constructor(
    readonly federation: Federation,
    readonly executor: Executor,
    readonly slabs: Slabs,
  ) {
    this.flow = new Dataflow(OPEN_PER_THREAD * executor.threads);
  }

  /**
   * Begins what a node does in one go; its effects are to be given in their order.
   * @param received what the effects name by its place in the list; read by nobody else
   * @param done told what the programs found
   */
  begin(
    node: number,
    state: GossipNode,
    round: number,
    received: readonly Content[],
    done: (result: ProgramResult) => void,
  ): Job {
    return new Job(this, node, state, round, received, done);
  }

  /** Begins to draw the weights of its own that a node starts from; what it does comes after that. */
  initialise(node: number, { vectors }: GossipNode): void {
    const into = vectors[WEIGHTS].place;
    void this.flow.submit(node, [], async () => {
      await this.executor.perform(initialise, { node, into });
    });
  }

  readyOf(content: Content): Promise<void> | undefined {
    return this.#ready.get(content);
  }

  writes(contents: readonly Content[], done: Promise<void>): void {
    for (const content of contents) this.#ready.set(content, done);
  }

  /** Ends the hold of messages that nobody reads any more, once what they carry is written. */
  discard(contents: readonly Content[]): void {
    for (const content of contents) {
      void Promise.resolve(this.#ready.get(content)).then(() => {
        for (const vector of Object.values(content.vectors)) this.slabs.release(vector);
      });
    }
  }
}

/** What a node does in one go. */
export class Job {
  #operations: Operation[] = [];
  #own: Places;
  #sent: Content[] = [];
  #then: (() => void)[] = [];
  #trained: number;
  #steps: number;
  /** What the node does not hold any more once all is done. */
  readonly #left: Vector[];
  /** Vectors as the codec encodes them, which many are sent before they change. */
  readonly #encoded = new Map<string, Vector>();
  readonly #needs: readonly Promise<unknown>[];

  constructor(
    readonly builder: ProgramBuilder,
    readonly node: number,
    readonly state: GossipNode,
    readonly round: number,
    readonly received: readonly Content[],
    readonly done: (result: ProgramResult) => void,
  ) {
    this.#left = received.flatMap(({ vectors }) => Object.values(vectors));
    this.#needs = received.flatMap((content) => builder.readyOf(content) ?? []);
    this.#own = placesOf(state.vectors);
    this.#trained = state.trained;
    this.#steps = state.optimizer.steps;
  }

  /** Something is done with the node's own vectors. */
  add(effect: OwnEffect): void {
    const { state, builder } = this;
    // What was sent before a node trains is under way while it trains.
    if (this.#sent.length > 0 && (effect.kind === 'train' || effect.kind === 'gradient')) this.#submit([]);
    const changed = changedBy(effect, builder.federation.model);
    for (const name of changed) this.#encoded.delete(name);
    this.#operations.push({ ...effect, moves: this.#move(changed) });
    prepareFor(effect, state, builder.slabs);
    const work = workOf(effect, builder.federation.partition.size(this.node));
    state.trained += work.batches;
    state.optimizer.steps += work.steps;
  }

  /**
   * The content of a message as the vectors are now.
   * @param then done once it is written
   */
  carry({ vectors, part }: Send, message: Content['message'], then?: (content: Content) => void): Content {
    const held = Object.fromEntries(vectors.map((name) => [name, this.#carried(name, part)]));
    const content = { message, vectors: held };
    this.#sent.push(content);
    if (then) {
      this.#then.push(() => {
        then(content);
      });
    }
    return content;
  }

  end(): void {
    this.#submit(this.#left);
  }

  #carried(name: string, part: Part | undefined): Vector {
    const { federation, slabs } = this.builder;
    const { codec, model } = federation;
    if (!part && isExact(codec)) return slabs.hold(this.state.vectors[name]);
    const known = part ? undefined : this.#encoded.get(name);
    if (known) return slabs.hold(known);
    const length = part ? partLength(part) : model.manifest.length;
    const vector = isExact(codec) ? slabs.take(length) : slabs.takeEncoded(codec, length);
    this.#operations.push({ kind: 'copy', part, into: { [name]: vector.place } });
    if (!part) this.#encoded.set(name, vector);
    return vector;
  }

  /** Gives vectors that are to be written new places where others hold them too, or where there are none yet. */
  #move(names: readonly string[]): Places {
    const { slabs, federation } = this.builder;
    const { vectors } = this.state;
    const shared = names.filter((name) => !(name in vectors) || vectors[name].holders > 1);
    for (const name of shared) {
      if (name in vectors) this.#left.push(vectors[name]);
      vectors[name] = slabs.take(federation.model.manifest.length);
    }
    return Object.fromEntries(shared.map((name) => [name, vectors[name].place]));
  }

  /** Gives what was collected to a thread. */
  #submit(left: readonly Vector[]): void {
    const { node, round, received, state, builder, done: tell } = this;
    const [operations, own, sent, then] = [this.#operations, this.#own, this.#sent, this.#then];
    const [trained, steps] = [this.#trained, this.#steps];
    if (operations.length === 0 && sent.length === 0 && left.length === 0) return;
    const places = received.map(({ vectors }) => placesOf(vectors));
    const done = builder.flow.submit(node, this.#needs, async () => {
      if (operations.length > 0) {
        const optimizer = { steps, moments: placesOf(state.optimizer.moments) };
        const task = { node, round, own, optimizer, received: places, operations, trained };
        tell(await builder.executor.perform(program, task));
      }
      for (const act of then) act();
      for (const vector of left) builder.slabs.release(vector);
    });
    builder.writes(sent, done);
    [this.#operations, this.#sent, this.#then] = [[], [], []];
    this.#own = placesOf(state.vectors);
    [this.#trained, this.#steps] = [state.trained, state.optimizer.steps];
  }
}
