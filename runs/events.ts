/**
 * What a run tells while it goes on: one stream of typed events that the progress line, metrics.jsonl and the
 * report all read. Events hold nothing that differs between two runs of the same recipe, so no wall-clock time.
 */
import type { Skew } from '../data/index.js';

export type { Skew };

/** An answer under a buffered schedule. Its staleness is how many exchanges after `start` it came. */
export interface Arrival {
  readonly client: number;
  /** The exchange in which the client was asked. */
  readonly start: number;
  /** There will be no answer. */
  readonly lost?: true;
}

/**
 * What happened at a gossip node: it woke, it was away when it should have woken, or messages were handed to it: the
 * sender and the number of each, one after another.
 */
export type Happening = 'woke' | 'away' | readonly number[];

/** What happened at one node in a round, in its order. */
export interface NodeTrace {
  readonly node: number;
  readonly happened: readonly Happening[];
}

/** An exchange (or a gossip round) is finished. */
export interface ExchangeEvent {
  readonly type: 'exchange';
  readonly round: number;
  /** Mean training loss over the examples trained on. */
  readonly loss: number;
  /** How many clients' answers counted, and who was asked but did not answer. */
  readonly answered: number;
  readonly missing: readonly number[];
  /**
   * Local steps since the start, of all clients or nodes together: optimizer steps, one for each batch; of clients whose
   * answers counted.
   */
  readonly localSteps: number;
  /** Buffered schedule: whose answers came, in their order, and who gave its place up. */
  readonly arrivals?: readonly Arrival[];
  /** Buffered schedule, simulated: the virtual time at which it ended. */
  readonly virtualTime?: number;
  /** Over a network: why some of these did not count. */
  readonly why?: Readonly<Record<number, string>>;
  /** Over a network: clients that went to another worker before they answered, and what they kept was lost. */
  readonly reset?: readonly number[];
  /** Federated: bytes of weights and other vectors, server to clients and back, as the recipe's codec encodes them. */
  readonly bytesDown?: number;
  readonly bytesUp?: number;
  /** Gossip: bytes of weights and other vectors that nodes sent each other in the round. */
  readonly bytesBetweenNodes?: number;
  /** Gossip over a network: how many of these went between workers, by the coordinator and directly. */
  readonly bytesRelayed?: number;
  readonly bytesDirect?: number;
  /** Asynchronous gossip over a network: what happened at each node in the round, by node. */
  readonly trace?: readonly NodeTrace[];
  /** Figures of the algorithm's own. */
  readonly report?: Readonly<Record<string, number>>;
}

/** How good a model is on some examples. */
export interface Quality {
  readonly accuracy: number;
  readonly loss: number;
}

/**
 * The model was evaluated on the test set or on the validation part. In gossip, where there is none: accuracy and loss are
 * means over nodes' own models.
 */
export interface EvaluationEvent extends Quality {
  readonly type: 'evaluation';
  readonly round: number;
  readonly on: 'test' | 'validation';
  /** Gossip: how many nodes were tested; left out where none was, and the average model's quality is all there is. */
  readonly nodes?: number;
  /** Gossip: the mean of the nodes' models, which no node has. */
  readonly averageModel?: Quality;
}

/** The model (gossip: each node's own) was evaluated on every client's own examples, those that it trained on. */
export interface ClientsEvent {
  readonly type: 'clients';
  readonly round: number;
  readonly mean: number;
  readonly deviation: number;
  /** Mean of the worst tenth of the clients, and the best client. */
  readonly worstTenth: number;
  readonly best: number;
  /** Accuracy of each client, in client order, null for those that are missing; left out above 10,000 clients. */
  readonly accuracies?: readonly (number | null)[];
  /** Over a network: clients that sent no result, and why; the figures are of the others. */
  readonly missing?: readonly number[];
  readonly why?: Readonly<Record<number, string>>;
}

/** The state of the population of models in gossip. */
export interface PopulationEvent {
  readonly type: 'population';
  readonly round: number;
  /** √(mean over nodes of ‖xᵢ − x̄‖²), and the same over ‖x̄‖. */
  readonly consensusDistance: number;
  readonly relativeConsensusDistance: number;
  /** Per tensor: mean over nodes of its variance, over the variance it was initialised with. */
  readonly varianceRatio: Readonly<Record<string, number>>;
  /** Mean factor of the variance correction since the last event, where one was applied. */
  readonly correction?: number;
  /** Accuracy and loss over the sampled nodes (all nodes at the end); left out where they have no test set. */
  readonly nodes?: {
    readonly tested: number;
    readonly mean: number;
    readonly deviation: number;
    readonly worst: number;
    readonly best: number;
    /** Mean loss on the test examples. */
    readonly loss: number;
  };
  /** Accuracy of each node tested: parallel lists, empty above 10,000. */
  readonly tested: readonly number[];
  readonly accuracies: readonly number[];
  /** Bytes of weights and other vectors that were sent since the start. */
  readonly bytesSent: number;
  /** Local steps of all nodes since the start, up to where their models were measured. */
  readonly localSteps: number;
  readonly virtualTime: number;
}

/**
 * Asynchronous gossip over a network: a process was lost, and all nodes returned to the end of this round. What had been
 * told of later ones did not count, and is not here any more.
 */
export interface ReturnEvent {
  readonly type: 'return';
  readonly round: number;
  /** How many rounds had been told of. */
  readonly told: number;
}

export type RunEvent = ExchangeEvent | EvaluationEvent | ClientsEvent | PopulationEvent | ReturnEvent;

/** `diverged.json`: the end of a run that has no `run.json`, as training diverged. */
export interface Divergence {
  readonly round: number;
  readonly message: string;
}

/** `run.json`. */
export interface RunRecord {
  /** In the last evaluation on `evaluatedOn`; on the clients' own examples, the mean over the clients. */
  readonly accuracy: number;
  /** Left out where only the clients' own examples were evaluated. */
  readonly loss?: number;
  /** Gossip: `accuracy` and `loss` are means over so many nodes' own models; all, where the run had all its rounds. */
  readonly nodes?: number;
  /** Gossip: the mean of the nodes' models, which is saved and which no node has. */
  readonly averageModel?: Quality;
  /** The test set, where the run was evaluated on it, else the validation part, else the clients' own examples. */
  readonly evaluatedOn: 'test' | 'validation' | 'clients';
  readonly rounds: number;
  readonly weightsSha256: string;
  readonly name: string;
  readonly seed: number;
  readonly recipeHash: string;
  /** SHA-256 of the recipe's decisive fields and of all else that the result depends on. */
  readonly resultKey: string;
  /** Why the run ended: its rounds were done, the target was reached, or the algorithm said so. */
  readonly ended: 'rounds' | 'target' | 'done';
  readonly versions: { readonly murmur: string; readonly node: string };
  readonly engine: {
    readonly kind: string;
    readonly kernelHash: string;
    /** Which kernels ran, where there is a choice: no bit depends on it. */
    readonly kernels?: string;
    /** Said where the recipe admits workers of other engines. */
    readonly equalBitsPromised?: false;
  };
  /** SHA-256: of the data by the file's name, of other files by the field that names them, of plugins by theirs. */
  readonly checksums: Readonly<Record<string, string>>;
  /** The version of the recipe's bits: the changes of murmur that affect it. */
  readonly bits: readonly string[];
  readonly clients: number;
  readonly parameters: number;
  readonly skew: Skew;
  /** Label counts of each client ([clients][classes]); left out above 1,000 clients. */
  readonly labelCounts?: readonly (readonly number[])[];
  /** Gossip: who exchanges with whom, in the first round; left out above 1,000 nodes. */
  readonly topology?: {
    readonly kind: string;
    /**
     * 1 − the factor by which a round of mixing shrinks disagreement in the long run, without training and lost
     * messages; left out where the algorithm does not mix by a matrix.
     */
    readonly spectralGap?: number;
    /** Its standard error, where rounds are random. */
    readonly spectralGapError?: number;
    /** The rounds of mixing after which all agree exactly, where there are such. */
    readonly agreeAfter?: number;
    /** Of each node, in [0, 1]². */
    readonly positions: readonly (readonly [x: number, y: number])[];
    readonly edges: readonly (readonly [from: number, to: number])[];
  };
  readonly threads: number;
  readonly wallSeconds: number;
  readonly peakMemoryMiB: number;
}
