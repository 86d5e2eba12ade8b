/** Hosts a worker's gossip nodes: their arithmetic and their files are here; what is to be done, the desk decides. */
import { setImmediate } from 'node:timers/promises';
import type { Federation } from '../../recipe/index.js';
import {
  GossipHost,
  MessageOrder,
  MessageValidator,
  NOTHING,
  StoppedError,
  type Delivery,
  type GossipCheckpoint,
  type Slabs,
  type Vector,
  type Vectors,
} from '../../gossip/index.js';
import type { Executor } from '../../execution/index.js';
import { isExact, ProtocolError, type MessageOf, type Tensor } from '../../protocol/index.js';
import {
  summaryOf,
  type Arrived,
  checkOrder,
  type GossipChecks,
  type GossipOrder,
  type NodesEffect,
  type NodesEvent,
  type Posted,
} from '../index.js';
import { TickClock } from './tick-clock.js';

/** Where the nodes are kept. */
export interface NodesStore {
  readNodes(round: number): unknown;
  /** @param done told once it is durable */
  writeNodes(round: number, nodes: unknown, done: () => void): void;
  /** Removes all before a round; they may come back when the machine crashes. */
  forgetRounds(before: number): void;
  /** Removes all after a round, for good. @param done told once it is durable, and what was written before it too */
  dropRounds(after: number, done: () => void): void;
}

/** What was made of the recipe, which nodes are this worker's, and where their vectors lie. */
export interface PreparedRun {
  readonly federation: Federation;
  readonly executor: Executor;
  readonly nodes: readonly number[];
  readonly slabs: Slabs;
}

export class GossipNodes implements GossipChecks {
  #host: GossipHost | undefined;
  #validator: MessageValidator | undefined;
  #order: MessageOrder | undefined;
  #tickClock: TickClock | undefined;
  /** Where the nodes are, and the last epoch that was asked for: what was to be done in others is not done any more. */
  #epoch = 0;
  #wanted = 0;
  /** What messages hold that are not known to have come, by their tickets. */
  readonly #held = new Map<number, Vectors>();
  #tickets = 0;
  /** Vectors of messages as tensors: messages of one frame may share one. */
  #tensors = new WeakMap<Vector, Tensor>();
  /** One thing after another, and how many are not over. */
  #last: Promise<void> = Promise.resolve();
  #open = 0;

  constructor(
    readonly made: () => PreparedRun,
    readonly store: NodesStore,
    readonly tell: (event: NodesEvent) => void,
    readonly fail: (error: unknown) => void,
  ) {}

  do(effect: NodesEffect): void {
    switch (effect.kind) {
      case 'return': {
        const { epoch, round } = effect;
        this.#wanted = epoch;
        const stopped = this.#host?.stop();
        this.#then(async () => {
          await stopped;
          await this.#return(epoch, round);
        });
        break;
      }
      case 'run':
        this.#then(() => this.#runOrTell(effect.until));
        break;
      case 'arrive':
        this.#arrive(effect.messages);
        break;
      case 'release':
        for (const ticket of effect.tickets) {
          for (const vector of Object.values(this.#held.get(ticket) ?? {})) this.made().slabs.release(vector);
          this.#held.delete(ticket);
        }
        break;
      case 'summarize':
        this.#then(async () => {
          const { federation, executor } = this.made();
          const { request } = effect;
          const models = request.models === 'latest' ? this.#there.models() : this.#there.evaluatedModels();
          const summary = await summaryOf(federation, executor, models, request);
          this.tell({ kind: 'summarized', summary });
        });
        break;
      case 'keep':
        this.#then(() => {
          this.store.writeNodes(effect.round, this.#there.checkpoint(), () => {
            this.tell({ kind: 'kept', epoch: effect.epoch, round: effect.round });
          });
        });
        break;
      case 'forget':
        this.store.forgetRounds(effect.before);
    }
  }

  /**
   * Takes messages that have come as the next ones of their senders.
   * @throws ProtocolError that names the field where they are not as they must be; none of them has counted then
   */
  bundle(bundle: MessageOf<'gossip'>): void {
    if (this.#validator === undefined || this.#order === undefined) {
      throw new ProtocolError('unexpected', 'gossip came before its start');
    }
    this.#validator.check(bundle);
    this.#order.take(bundle.messages);
  }

  order(order: GossipOrder, self: string): void {
    const { federation, nodes } = this.made();
    checkOrder(federation, nodes, self, order);
  }

  /** Whether nothing happens before there is something to do, or something comes from elsewhere. */
  get isIdle(): boolean {
    return this.#open === 0 ? this.#host?.isBusy !== true : this.#host?.isWaiting === true;
  }

  /** Lets go of everything. */
  async close(): Promise<void> {
    await this.#host?.stop();
    await this.#last;
  }

  get #there(): GossipHost {
    if (this.#host === undefined) throw new ProtocolError('unexpected', 'gossip came before its start');
    return this.#host;
  }

  #then(act: () => void | Promise<void>): void {
    const epoch = this.#wanted;
    this.#open++;
    this.#last = this.#last
      .then(() => (epoch === this.#wanted ? act() : undefined))
      .catch((error: unknown) => {
        if (!(error instanceof StoppedError)) this.fail(error);
      })
      .finally(() => this.#open--);
  }

  async #return(epoch: number, round: number): Promise<void> {
    const { federation, executor, nodes, slabs } = this.made();
    const { algorithm } = federation;
    if (algorithm.family !== 'gossip') throw new ProtocolError('unexpected', 'this run has no gossip nodes');
    // Whatever waited for threads to end has heard of it.
    await setImmediate();
    this.#held.clear();
    this.#tensors = new WeakMap();
    slabs.clear();
    this.#epoch = epoch;
    const { schedule, network } = federation.recipe;
    const tick = schedule.kind === 'asynchronous' ? network.tick : undefined;
    const ticking = (this.#tickClock = tick === undefined ? undefined : new TickClock(tick));
    const checkpoint = round === 0 ? undefined : (this.store.readNodes(round) as GossipCheckpoint);
    this.#host = new GossipHost(federation, algorithm, executor, slabs, checkpoint, {
      here: nodes,
      post: (to, delivery, time) => {
        this.#post(epoch, to, delivery, time);
      },
      ...(ticking && { clock: ticking }),
    });
    this.#validator = new MessageValidator(federation, algorithm);
    this.#order = new MessageOrder(this.#validator, round);
    // Rounds that are gone over again may end otherwise: nobody is to find what they ended in before.
    this.store.dropRounds(round, () => {
      this.tell({ kind: 'returned', epoch, round });
    });
  }

  /** Numbers that no message can carry, or whatever else a node cannot go on from, would come again: it is not this machine. */
  async #runOrTell(until: number): Promise<void> {
    const epoch = this.#epoch;
    try {
      await this.#run(until);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof StoppedError || error instanceof ProtocolError)
        throw error;
      const { round } = this.#there;
      const diverged = error instanceof UnsendableError;
      const sentence = error.message.slice(0, 1000);
      this.tell({ kind: 'failed', epoch, round: round + 1, diverged, sentence });
    }
  }

  async #run(until: number): Promise<void> {
    const host = this.#there;
    this.#tickClock?.begin(host.time);
    while (host.round < until) {
      await host.nextRound();
      const { round, time, totals, bytesSentThisRound: bytes } = host;
      const { loss, factors, ...parts } = totals.parts;
      const exact = { loss: decimal(loss), factors: decimal(factors) };
      const missing = [...parts.missing];
      const report = { ...parts, missing, ...exact, epoch: this.#epoch, round, time, bytes };
      const trace = host.traceRecorder?.trace;
      this.tell({ kind: 'rounded', report: trace ? { ...report, trace } : report });
    }
  }

  #post(epoch: number, to: number, { from, round, sequence, content }: Delivery, time: number): void {
    const posted = { from, to, round, sequence, time, header: {}, vectors: {}, bytes: 0 };
    this.tell({ kind: 'posted', epoch, posted: content ? this.#carry(posted, content) : lost(posted) });
  }

  #carry(posted: Posted, { message, vectors }: NonNullable<Delivery['content']>): Posted {
    const tensors = Object.entries(vectors).map(([name, vector]): [string, Tensor] => [
      name,
      this.#tensorOf(vector, `node ${posted.from}'s '${name}'`),
    ]);
    const { header } = message;
    if (tensors.length === 0) return { ...posted, header };
    const ticket = ++this.#tickets;
    this.#held.set(ticket, vectors);
    const bytes = tensors.reduce((sum, [, tensor]) => sum + tensor.bytes.length, 0);
    return { ...posted, header, vectors: Object.fromEntries(tensors), bytes, ticket };
  }

  /** What is held does not change: a node that goes on writes elsewhere. */
  #tensorOf(vector: Vector, whose: string): Tensor {
    const known = this.#tensors.get(vector);
    if (known) return known;
    const tensor = this.made().slabs.tensor(vector);
    const refusal = this.#validator?.refusalOf(tensor);
    if (refusal !== undefined) throw new UnsendableError(`${whose} cannot be sent: ${refusal}`);
    this.#tensors.set(vector, tensor);
    return tensor;
  }

  #arrive(messages: readonly Arrived[]): void {
    const host = this.#there;
    const { slabs, federation } = this.made();
    const { codec } = federation;
    /** Messages of one frame may share a tensor. */
    const known = new Map<Tensor, Vector>();
    const vectorOf = (tensor: Tensor): Vector => {
      const before = known.get(tensor);
      if (before) return slabs.hold(before);
      const vector = isExact(codec) ? slabs.take(tensor.length) : slabs.takeEncoded(codec, tensor.length);
      slabs.tensor(vector).bytes.set(tensor.bytes);
      known.set(tensor, vector);
      return vector;
    };
    for (const { from, to, round, time, nothing, header, vectors, tensors, ...message } of messages) {
      const sequence = nothing === 'round' ? NOTHING : message.sequence;
      const named = Object.entries(vectors).flatMap(([name, place]): [string, Vector][] => {
        const tensor = tensors.get(place);
        return tensor === undefined ? [] : [[name, vectorOf(tensor)]];
      });
      const content = {
        message: { from, round, sequence, header },
        vectors: Object.fromEntries(named),
      };
      host.arrive(to, { from, round, sequence, ...(nothing === undefined && { content }) }, time);
    }
  }
}

/** A node has a vector that nobody would take: its training has diverged. */
class UnsendableError extends Error {
  override name = 'UnsendableError';
}

const lost = (posted: Posted): Posted =>
  posted.sequence === NOTHING
    ? { ...posted, sequence: 0, nothing: 'round' }
    : { ...posted, nothing: 'message' };

const decimal = ({ sum, weight }: { readonly sum: bigint; readonly weight: bigint }) => ({
  sum: `${sum}`,
  weight: `${weight}`,
});
