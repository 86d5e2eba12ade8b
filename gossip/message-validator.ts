/**
 * Checks messages between gossip nodes before they count, at their reader's worker and at a coordinator that passes them on:
 * who may send to whom in which round, the form that the algorithm declares, lengths, encodings and sizes of vectors.
 * Everything is compared with what follows from the recipe; what is left to the sender are finite numbers within bounds.
 */
import type { GossipAlgorithm, MessageForm } from '../algorithms/index.js';
import { localDataClients } from '../data/index.js';
import { partLength, type Part } from '../merging/index.js';
import { largestSize } from '../numerics/index.js';
import {
  checkVector,
  decodeVector,
  ProtocolError,
  type MessageOf,
  type Tensor,
  type Tensors,
} from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { hasEdge } from '../topologies/index.js';
import { clockOf, type Clock } from './clock.js';
import { links, type Link } from './links.js';
import { latestTimes } from './latest-times.js';
import { viewer } from './views.js';

export type NodeMessage = MessageOf<'gossip'>['messages'][number];

/** Counters and ages stay far from where whole numbers end. */
const MOST_COUNTED = 2 ** 40;
/** The sums of models at the end of a run are below 2⁶³ on a grid of 2⁻³². */
const SUMMABLE = 2 ** 31;

export class MessageValidator {
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #view: ReturnType<typeof viewer>;
  readonly #latest: (round: number) => number;
  readonly #hasOwnData: boolean;
  /** Places of variances among the weights: none is below zero. */
  readonly #variances: readonly number[];

  constructor(
    readonly federation: Federation,
    readonly algorithm: GossipAlgorithm,
  ) {
    const { recipe, model } = federation;
    this.#clock = clockOf(federation);
    this.#link = links(recipe);
    this.#view = viewer(federation);
    this.#latest = latestTimes(federation);
    this.#hasOwnData = localDataClients(recipe.data.partition) !== undefined;
    this.#variances = model.manifest.tensors
      .filter(({ role }) => role === 'norm.var')
      .flatMap(({ offset, size }) => Array.from({ length: size }, (_, i) => offset + i));
  }

  /** No number in a message is as large as this: all nodes' models could not be summed. */
  get bound(): number {
    return SUMMABLE / this.federation.partition.clients;
  }

  /** How many messages a node sends another in a round. */
  get messagesPerRound(): number {
    const { expects } = this.algorithm;
    return expects.kind === 'round' ? (expects.messages ?? 1) : Infinity;
  }

  get synchronous(): boolean {
    return this.#clock.synchronous;
  }

  /** Whether a node sends another something, or word that it sends nothing, in a synchronous round. */
  areLinked(from: number, to: number, round: number): boolean {
    const topology = this.federation.network?.topology;
    return topology !== undefined && hasEdge(topology.at(round), from, to);
  }

  /** @throws ProtocolError that names the node and what is wrong with its message */
  check({ messages, tensors }: Pick<MessageOf<'gossip'>, 'messages' | 'tensors'>): void {
    const checked = new Set<Tensor>();
    const used = new Set<string>();
    for (const [at, message] of messages.entries()) {
      const wrong =
        this.#wrongPlace(message) ??
        this.#wrongAbsence(message) ??
        this.#wrongContent(message, tensors, checked);
      if (wrong !== undefined) {
        throw new ProtocolError(
          'malformed',
          `messages.${at}, from node ${message.from} to ${message.to}: ${wrong}`,
        );
      }
      for (const name of Object.values(message.vectors)) used.add(name);
    }
    const unused = [...tensors.keys()].find((name) => !used.has(name));
    if (unused !== undefined) throw new ProtocolError('malformed', `no message names the tensor '${unused}'`);
  }

  /** Whether a vector of one of the nodes here can be sent. @returns why not */
  refusalOf(tensor: Tensor): string | undefined {
    return this.#wrongNumbers(tensor, tensor.length, undefined);
  }

  #wrongPlace({ from, to, round, sequence, time, nothing }: NodeMessage): string | undefined {
    const { partition, recipe, network } = this.federation;
    if (from >= partition.clients || to >= partition.clients || from === to) return 'there are no such nodes';
    const rounds = this.synchronous ? recipe.rounds : MOST_COUNTED;
    if (round >= rounds) return `round is ${round}; the run has ${rounds}`;
    const [earliest, latest] = [this.synchronous ? round : 0, this.#latest(round)];
    if (!(time >= earliest && time <= latest)) return `time is ${time}; it must be ${earliest} to ${latest}`;
    const isStatic = network?.topology.timeVarying === false;
    if ((this.synchronous || isStatic) && !this.areLinked(from, to, this.synchronous ? round : 0)) {
      return `they are no neighbours in round ${round}`;
    }
    const most = this.synchronous
      ? (round + 1) * (partition.clients - 1) * this.messagesPerRound
      : MOST_COUNTED;
    if (sequence >= most || (nothing === 'round' && sequence !== 0)) {
      return `sequence is ${sequence}; it must be ${nothing === 'round' ? 0 : `below ${most}`}`;
    }
    return undefined;
  }

  /** Who is away, and which messages are lost, follows from the recipe. */
  #wrongAbsence({ from, to, round, sequence, time, nothing }: NodeMessage): string | undefined {
    if (!this.synchronous)
      return nothing === undefined ? undefined : 'nothing: every message comes by itself';
    const { expects, forms } = this.algorithm;
    const view = this.#view(to, round);
    const senders = expects.kind === 'round' ? expects.from?.(view) : undefined;
    const sends =
      this.#clock.isOnline(from, round, time) &&
      (senders === undefined || Array.from(senders).includes(from));
    if (nothing === 'round') {
      return sends && forms !== undefined ? `nothing: the node sends something in round ${round}` : undefined;
    }
    if (!sends) return `the node sends nothing in round ${round}`;
    const isLost = this.#link.lost(from, to, sequence) || !this.#clock.isOnline(to, round, time);
    if (isLost === (nothing === 'message')) return undefined;
    return isLost ? 'nothing is missing: the message is lost' : 'nothing: the message is not lost';
  }

  #wrongContent(
    { from, nothing, header, vectors }: NodeMessage,
    tensors: Tensors,
    checked: Set<Tensor>,
  ): string | undefined {
    const names = Object.keys(vectors);
    const fields = Object.keys(header);
    if (nothing !== undefined) {
      return names.length + fields.length === 0
        ? undefined
        : 'it has a header or vectors, and says that nothing comes';
    }
    const form = this.#formsFor(from).find(
      (one) => sameNames(fields, Object.keys(one.header)) && sameNames(names, one.vectors),
    );
    if (this.algorithm.forms !== undefined && form === undefined) {
      return `header has ${listed(fields)} and vectors ${listed(names)}, which no message of the algorithm has`;
    }
    const wrong = form === undefined ? this.#unknownVector(names) : wrongField(header, form);
    if (wrong !== undefined) return wrong;
    const part = form?.partOf?.(header);
    for (const [name, place] of Object.entries(vectors)) {
      const tensor = tensors.get(place);
      if (tensor === undefined) return `vectors.${name}: there is no tensor '${place}'`;
      if (checked.has(tensor) && part === undefined) continue;
      const refusal = this.#wrongVector(tensor, part, form === undefined);
      if (refusal !== undefined) return `vectors.${name}: ${refusal}`;
      checked.add(tensor);
    }
    return undefined;
  }

  #formsFor(from: number): readonly MessageForm[] {
    const { model, partition } = this.federation;
    const samples = this.#hasOwnData ? undefined : partition.size(from);
    return this.algorithm.forms?.({ model, nodes: partition.clients, samples }) ?? [];
  }

  #unknownVector(names: readonly string[]): string | undefined {
    const own = ['weights', ...(this.algorithm.vectors ?? [])];
    const unknown = names.find((name) => !own.includes(name));
    return unknown === undefined ? undefined : `vectors.${unknown}: nodes have no such vector`;
  }

  /** @param mayBeShorter where the algorithm does not say which part of a model comes */
  #wrongVector(tensor: Tensor, part: Part | undefined, mayBeShorter: boolean): string | undefined {
    const { codec, model } = this.federation;
    const whole = model.manifest.length;
    const length = part ? partLength(part) : mayBeShorter ? Math.min(tensor.length, whole) : whole;
    if (tensor.encoding !== codec.encoding || tensor.length !== length) {
      return `${tensor.length} numbers as ${tensor.encoding} came; it must be ${length} as ${codec.encoding}`;
    }
    return this.#wrongNumbers(tensor, length, part);
  }

  #wrongNumbers(tensor: Tensor, length: number, part: Part | undefined): string | undefined {
    let values: Float32Array;
    try {
      checkVector(tensor, this.federation.codec);
      values = decodeVector(tensor, length);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.message;
    }
    const largest = largestSize(values);
    if (!Number.isFinite(largest)) return 'it holds numbers that are not finite';
    if (largest >= this.bound) {
      return `it holds a number of size ${largest.toPrecision(3)}; below ${this.bound.toPrecision(3)} all nodes' models can be summed`;
    }
    const variance = leastOf(values, this.#variances, part, this.federation.model.manifest.length);
    return variance < 0 ? `a running variance of ${variance.toPrecision(3)} is below zero` : undefined;
  }
}

function wrongField(header: NodeMessage['header'], form: MessageForm): string | undefined {
  for (const [name, { least, most, isWhole }] of Object.entries(form.header)) {
    const value = header[name];
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) continue;
    const range = least === most ? `${least}` : `${isWhole ? 'a whole number from ' : ''}${least} to ${most}`;
    return `header.${name} is ${value}; it must be ${range}`;
  }
  return undefined;
}

/** The least of the numbers at these places of a model, as far as a part of it has them. */
function leastOf(
  values: Float32Array,
  places: readonly number[],
  part: Part | undefined,
  whole: number,
): number {
  if (places.length === 0) return 0;
  if (part === undefined) return values.length === whole ? leastAt(values, places) : 0;
  if ('start' in part) {
    const within = places.filter((place) => place >= part.start && place < part.end);
    return leastAt(
      values,
      within.map((place) => place - part.start),
    );
  }
  const wanted = new Set(places);
  return leastAt(
    values,
    [...part.coordinates.keys()].filter((at) => wanted.has(part.coordinates[at])),
  );
}

const leastAt = (values: Float32Array, places: readonly number[]) =>
  places.reduce((least, place) => Math.min(least, values[place]), 0);

const sameNames = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((name) => others.includes(name));

const listed = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ') || 'nothing';
