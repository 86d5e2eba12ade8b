/**
 * Federated algorithms, written in rounds: one message to each chosen client, one answer from each.
 * An algorithm is a value of pure functions over its state: it does no I/O and reads no clock, so that the
 * simulator and the network can host the very same object. States are plain data and typed arrays (whatever a
 * structured clone keeps), since hosts save them in checkpoints.
 */
import type { Amount, Engine, Examples, Model, TrainRequest } from '../learning/index.js';
import type { Stream } from '../numerics/index.js';
import type { ClientUpdate, HostedUpdate, Payload } from './payload.js';

/** The clients there are, and which of them can be asked now. */
export interface Roster {
  /** How many clients there are in all, K. */
  readonly count: number;
  /** Who can be asked now, in ascending order. */
  readonly available: ArrayLike<number>;
  /** How many examples a client has. */
  samples(client: number): number;
}

export interface InitContext {
  readonly model: Model;
  /** The common initial weights; copied by whoever changes them. */
  readonly weights: Float32Array;
  readonly clients: number;
}

export interface PlanContext {
  readonly roster: Roster;
  /** A stream for this round, named further by what it draws. */
  readonly stream: (...name: (string | number)[]) => Stream;
  /** How many clients may be asked at most, where the host sets it (a buffered schedule's free places). */
  readonly slots?: number;
  /** So many times as many clients are to be asked as are wanted, since only the first to answer will count. */
  readonly overSelection?: number;
}

/** What a client's update may use besides its message, its examples and its state. */
export interface LocalTools {
  readonly engine: Engine;
  /** The recipe's model. */
  readonly model: Model;
  readonly client: number;
  /** What is drawn for its training in one round: orders of examples, what is dropped, how inputs change. */
  draws(round: number): Pick<TrainRequest, 'order' | 'chance' | 'augment'>;
  /** How much of the planned training this client does in this round: less where it is a straggler. */
  localAmount(planned: Amount, round: number): Amount;
}

/** A client as its server knows it: what its answer must be follows from that. */
export interface AskedClient {
  readonly model: Model;
  /** How many examples it has. */
  readonly samples: number;
  /** Whether vectors come as the client made them: the codec has no loss. */
  readonly isExact: boolean;
  /** As in `LocalTools`. */
  readonly localAmount: (planned: Amount, round: number) => Amount;
}

/** One message to each of the chosen clients; they may differ. */
export interface Plan<Message extends Payload> {
  readonly to: readonly { readonly client: number; readonly message: Message }[];
}

/** The weighted means of the answers' vectors and scalars. */
export interface Sum<Names extends string = string> {
  readonly count: number;
  readonly weight: number;
  readonly vectors: Readonly<Record<Names, Float32Array<ArrayBuffer>>>;
  readonly scalars: Readonly<Record<string, number>>;
}

interface Rounds<State, Message extends Payload, Reply extends ClientUpdate, ClientState> {
  init(context: InitContext): State;
  /** Chooses clients and says what each is sent; 'done' ends the run. */
  plan(state: State, context: PlanContext): Plan<Message> | 'done';
  /** Runs at the client. Its new state counts only once the host hears that the round counted. */
  localUpdate(
    message: Message,
    examples: Examples,
    clientState: ClientState | undefined,
    tools: LocalTools,
  ): { answer: Reply; clientState?: ClientState };
  /**
   * The lengths of the vectors of the answer to a message, by name, where they can be told: hosts that do not trust
   * their clients refuse others.
   */
  answerLengths?(message: Message, model: Model): Readonly<Record<string, number>>;
  /**
   * Why an answer of finite vectors of these lengths cannot be one to a message, with the name of the field; nothing where
   * it can. Left out, all can.
   */
  refuseAnswer?(answer: HostedUpdate, message: Message, client: AskedClient): string | undefined;
  /**
   * The same of a message of the server, for the client that it comes to. A header that passes is a message's.
   * @param round the round that it belongs to, counted from 1
   */
  refuseMessage?(message: Payload, model: Model, round: number): string | undefined;
  /** Where models grow: how many numbers an answer has at most. */
  longestAnswer?(context: Pick<InitContext, 'model' | 'clients'>): number;
  /** How many vectors as long as the weights a client keeps from round to round; none where it is left out. */
  readonly keeps?: number;
  /** The weights to evaluate; none between rounds that leave no whole model. */
  model(state: State): { readonly model: Model; readonly weights: Float32Array } | undefined;
  /** Figures of the algorithm's own for the metrics, e.g. the widths of a grown model. */
  report?(state: State): Readonly<Record<string, number>>;
  /** A refusal, before anything runs, of a setting that cannot work; a sentence. */
  refuse?(context: Pick<InitContext, 'model' | 'clients'> & { readonly rounds: number }): string | undefined;
}

/** An algorithm whose answers are reduced to weighted means as they arrive. */
export interface SummingAlgorithm<
  State = unknown,
  Message extends Payload = Payload,
  Names extends string = string,
  ClientState = unknown,
> extends Rounds<State, Message, ClientUpdate<Names>, ClientState> {
  readonly answers: 'sum';
  /** Whether answers to earlier states may count: then it can run under a buffered schedule. Clients keep no state. */
  readonly buffered?: true;
  /** Whether its answers are models, which a codec that leaves out what is small would spoil. */
  readonly answersModels?: true;
  /** The weight of an answer in the means; staleness is how many rounds ended since its start. */
  weigh(answer: ClientUpdate<Names>, staleness: number): number;
  /** `sum` is left out where nobody answered; `missing` are the clients whose answer never came. */
  finish(state: State, sum: Sum<Names> | undefined, missing: readonly number[]): State;
}

/** An algorithm that needs all answers at hand: the host holds them and hands them over in client order. */
export interface CollectingAlgorithm<
  State = unknown,
  Message extends Payload = Payload,
  Reply extends ClientUpdate = ClientUpdate,
  ClientState = unknown,
> extends Rounds<State, Message, Reply, ClientState> {
  readonly answers: 'all';
  finish(
    state: State,
    answers: readonly { readonly client: number; readonly answer: Reply }[],
    missing: readonly number[],
  ): State;
}

export type FederatedAlgorithm = SummingAlgorithm | CollectingAlgorithm;
