/**
 * A gossip run in memory: the coordinator and workers that serve and join host, with their frames, connections and timers on
 * a virtual clock. What one worker, the insider, puts on the wire can be changed; nothing else goes wrong.
 */
import { setImmediate } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { GossipNodes } from '../../client/host/index.js';
import {
  taskValidator,
  Worker,
  type NodesEffect,
  type PeerEffect,
  type WorkerEffect,
  type WorkerEvent,
} from '../../client/index.js';
import { createExecutor } from '../../execution/host/index.js';
import { evaluateHeldOut, layoutHash, partitionHash } from '../../rounds/index.js';
import { Slabs } from '../../gossip/index.js';
import type { Executor } from '../../execution/index.js';
import { wasmEngine } from '../../learning/index.js';
import { sha256 } from '../../numerics/index.js';
import {
  closeCodes,
  encodeFrame,
  encodings,
  FrameReader,
  ProtocolError,
  type Message,
  type MessageGoing,
  type Way,
} from '../../protocol/index.js';
import {
  bitsOf,
  buildFederation,
  recipeHash,
  startingWeights,
  type Federation,
  type Recipe,
} from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import {
  defaultSettings,
  GossipCoordinator,
  newWorkerRecords,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type TimerName,
} from '../../server/index.js';

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 22, tensors: 2 ** 10 };
const MOST_MS = 3_600_000;
/** What a message takes. */
const HOP_MS = 1;
const INSIDER = 2;

/** What is needed to run a recipe again and again. */
export interface GossipScenario {
  readonly federation: Federation;
  readonly executor: Executor;
  readonly nodeEnvironments: readonly { readonly executor: Executor; readonly slabs: Slabs }[];
  /** Which nodes the workers claim, both ends included; the last one is the insider. */
  readonly claims: readonly (readonly [number, number])[];
  /** Which workers listen for others. */
  readonly listens: readonly boolean[];
}

export function gossipScenario(
  recipe: Recipe,
  listens: readonly boolean[],
  claims: GossipScenario['claims'],
): GossipScenario {
  const federation = buildFederation(recipe);
  const nodeEnvironments = claims.map(() => {
    const executor = createExecutor(federation, { threads: 1 });
    const slabs = new Slabs(0, 1, (slab) => {
      executor.open(slab);
    });
    return { executor, slabs };
  });
  return {
    federation,
    executor: createExecutor(federation, { threads: 1 }),
    nodeEnvironments,
    claims,
    listens,
  };
}

/**
 * Told every message that an insider sends; what it returns goes in its place.
 * @param incarnation counts the insiders: one that was turned away is replaced by another
 */
export type Tamper = (message: Message, way: Way, incarnation: number) => Uint8Array<ArrayBuffer> | undefined;

export interface GossipOutcome {
  /** Left out where the run did not end. */
  readonly weightsSha256: string | undefined;
  readonly events: readonly RunEvent[];
  readonly error: Error | undefined;
  readonly log: readonly string[];
  /** Why honest workers ended before the run did. */
  readonly lost: readonly string[];
  /** Names of the insiders, one after another. */
  readonly insiders: readonly string[];
}

interface Pipe {
  readonly deliver: (frame: Uint8Array<ArrayBuffer>) => void;
  readonly closed: (code: number, sentence: string) => void;
}

export class GossipNetwork {
  readonly #queue: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  #order = 0;
  now = 0;
  readonly log: string[] = [];
  readonly lost: string[] = [];
  readonly events: RunEvent[] = [];
  readonly listeners = new Map<string, WorkerHost>();
  readonly #coordinator: GossipCoordinator;
  readonly #pipes = new Map<number, Pipe>();
  readonly #timers = new Map<TimerName, number>();
  readonly #workers: WorkerHost[];
  #connections = 0;
  #weightsSha256: string | undefined;
  #error: Error | undefined;
  #isOver = false;
  readonly #busy = new Set<Promise<void>>();

  constructor(
    readonly scenario: GossipScenario,
    readonly tamper: Tamper = () => undefined,
    /** Changes what the coordinator sends, told to which worker. */
    readonly tamperDown: (message: Message, worker: number) => Uint8Array<ArrayBuffer> | undefined = () =>
      undefined,
  ) {
    const { federation, claims } = scenario;
    this.#coordinator = new GossipCoordinator({
      federation,
      settings: { ...defaultSettings, workers: claims.length },
      members: newWorkerRecords('run', 'key'),
    });
    this.#workers = claims.map((_, index) => new WorkerHost(this, index, 0));
  }

  async run(): Promise<GossipOutcome> {
    this.#perform(this.#coordinator.start(this.now));
    for (const worker of this.#workers) worker.start();
    while (!this.#isOver && this.now < MOST_MS) {
      while (this.#busy.size > 0) await Promise.all([...this.#busy]);
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.now = next.at;
      next.act();
    }
    for (const worker of this.#workers) await worker.stop();
    const { log, lost, events } = this;
    const insiders = this.#workers.filter(({ index }) => index === INSIDER).map(({ name }) => name);
    return { weightsSha256: this.#weightsSha256, events, error: this.#error, log, lost, insiders };
  }

  after(ms: number, act: () => void): void {
    const scheduled = { at: this.now + ms, order: this.#order++, act };
    let place = this.#queue.length;
    while (place > 0 && this.#queue[place - 1].at > scheduled.at) place--;
    this.#queue.splice(place, 0, scheduled);
  }

  /** Time stands still meanwhile. */
  await(work: Promise<void>): void {
    this.#busy.add(work);
    void work.finally(() => this.#busy.delete(work));
  }

  /** A worker has ended before the run: an honest one is lost; for an insider another comes with the same clients. */
  ended(worker: WorkerHost, sentence: string): void {
    if (this.#isOver || this.#weightsSha256 !== undefined || this.#error !== undefined) return;
    if (worker.index !== INSIDER) {
      this.lost.push(`worker ${worker.index}: ${sentence}`);
      return;
    }
    const replacement = new WorkerHost(this, INSIDER, worker.incarnation + 1);
    this.#workers.push(replacement);
    this.after(1000, () => {
      replacement.start();
    });
  }

  /** A worker connects. */
  connect(worker: WorkerHost): Pipe {
    const connection = ++this.#connections;
    const reader = new FrameReader('toCoordinator', LIMITS);
    let isOpen = true;
    const toWorker = worker.pipeOf();
    this.#pipes.set(connection, {
      deliver: (frame) => {
        this.after(HOP_MS, () => {
          toWorker.deliver(frame);
        });
      },
      closed: (code, sentence) => {
        if (!isOpen) return;
        isOpen = false;
        this.#pipes.delete(connection);
        this.after(HOP_MS, () => {
          toWorker.closed(code, sentence);
        });
      },
    });
    this.#owners.set(connection, worker.index);
    this.#tell({ kind: 'connected', connection });
    const closed = (code: number) => {
      if (!isOpen) return;
      isOpen = false;
      this.#pipes.delete(connection);
      this.#tell({ kind: 'closed', connection, code });
    };
    return {
      deliver: (frame) => {
        this.after(HOP_MS, () => {
          if (!isOpen) return;
          const message = this.#read(reader, frame, (error) => {
            this.log.push(`turned away: ${error.message}`);
            const pipe = this.#pipes.get(connection);
            const { reason, message: sentence } = error;
            pipe?.deliver(encodeFrame({ kind: 'goodbye', reason, sentence: sentence.slice(0, 1000) }));
            pipe?.closed(error.code, sentence);
            this.#tell({ kind: 'closed', connection, code: error.code });
          });
          if (message) this.#tell({ kind: 'message', connection, message });
        });
      },
      closed: (code) => {
        this.after(HOP_MS, () => {
          closed(code);
        });
      },
    };
  }

  readonly #owners = new Map<number, number>();

  #read<To extends Way>(
    reader: FrameReader<To>,
    frame: Uint8Array<ArrayBuffer>,
    broken: (error: ProtocolError) => void,
  ): MessageGoing[To] | undefined {
    try {
      return reader.read(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      broken(error);
      return undefined;
    }
  }

  #tell(event: CoordinatorEvent): void {
    if (!this.#isOver) this.#perform(this.#coordinator.handle(event, this.now));
  }

  #later(event: CoordinatorEvent): void {
    this.after(0, () => {
      this.#tell(event);
    });
  }

  #perform(effects: readonly CoordinatorEffect[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: CoordinatorEffect): void {
    switch (effect.kind) {
      case 'send': {
        const { connection, message } = effect;
        const changed = this.tamperDown(message, this.#owners.get(connection) ?? -1);
        this.#pipes.get(connection)?.deliver(changed ?? encodeFrame(message));
        break;
      }
      case 'close':
        this.#pipes.get(effect.connection)?.closed(closeCodes[effect.reason].code, effect.sentence);
        break;
      case 'setTimer': {
        const { name } = effect;
        const set = this.#order;
        this.#timers.set(name, set);
        this.after(effect.afterMs, () => {
          if (this.#timers.get(name) === set) this.#tell({ kind: 'timer', name });
        });
        break;
      }
      case 'clearTimer':
        this.#timers.delete(effect.name);
        break;
      case 'evaluate': {
        const { round, on, model } = effect;
        const { federation, executor } = this.scenario;
        const evaluated = Promise.all(
          on.map((set) => evaluateHeldOut(federation, executor, round, model, set)),
        );
        this.await(
          evaluated.then((events) => {
            this.#later({ kind: 'evaluated', round, events });
          }),
        );
        break;
      }
      case 'event':
        this.events.push(effect.event);
        break;
      case 'rewind':
        this.events.splice(0, Infinity, ...this.events.filter(({ round }) => round <= effect.round));
        break;
      case 'persistWorkers':
        this.#later({ kind: 'workersPersisted', version: effect.members.version });
        break;
      case 'persistProgress':
        this.#later({ kind: 'progressPersisted', round: effect.round, tookMs: 0 });
        break;
      case 'finish':
        this.#weightsSha256 = effect.outcome.weightsSha256;
        this.#later({ kind: 'finished' });
        break;
      case 'log':
        this.log.push(`${effect.sentence} ${JSON.stringify(effect.fields ?? {})}`);
        break;
      case 'exit':
        this.#error = effect.error;
        this.#isOver = true;
        break;
      case 'trust':
      case 'count':
    }
  }
}

/** One end of a connection between workers. */
interface PeerEnd {
  readonly host: WorkerHost;
  readonly connection: number;
}

class WorkerHost {
  readonly #worker: Worker;
  readonly #nodes: GossipNodes;
  readonly #files = new Map<number, Uint8Array>();
  readonly #timers = new Map<string, number>();
  readonly #peers = new Map<number, { readonly other: PeerEnd; readonly reader: FrameReader<'toPeer'> }>();
  #clients: readonly number[] = [];
  #toCoordinator: Pipe | undefined;
  #opened = 0;
  #isOver = false;
  #set = 0;
  name = '';

  constructor(
    readonly network: GossipNetwork,
    readonly index: number,
    readonly incarnation: number,
  ) {
    const { scenario } = network;
    const { federation } = scenario;
    const { kind, kernelHash } = wasmEngine();
    const address = scenario.listens[index] ? `ws://worker-${index}` : undefined;
    if (address !== undefined) network.listeners.set(address, this);
    this.#worker = new Worker({
      settings: {
        hello: {
          software: 'a test',
          engine: { kind, kernel: kernelHash },
          plugins: {},
          claim: { kind: 'clients', ranges: [[...scenario.claims[index]]] },
          encodings: Object.keys(encodings),
          ...(address !== undefined && { listen: address }),
        },
        threads: 1,
        entropy: index,
      },
      validator: taskValidator(() => federation),
      checks: {
        bundle: (bundle) => {
          this.#nodes.bundle(bundle);
        },
        order: (order, self) => {
          this.#nodes.order(order, self);
        },
      },
    });
    this.#nodes = new GossipNodes(
      () => ({ federation, ...scenario.nodeEnvironments[index], nodes: this.#clients }),
      {
        readNodes: (round) => deserialize(this.#files.get(round) ?? new Uint8Array()) as unknown,
        writeNodes: (round, nodes, done) => {
          this.#files.set(round, serialize(nodes));
          network.after(0, done);
        },
        forgetRounds: (before) => {
          for (const round of this.#files.keys()) if (round < before) this.#files.delete(round);
        },
        dropRounds: (after, done) => {
          for (const round of this.#files.keys()) if (round > after) this.#files.delete(round);
          network.after(0, done);
        },
      },
      (event) => {
        network.after(0, () => {
          this.tell({ kind: 'nodes', event });
        });
      },
      (error) => {
        this.#fail(error);
      },
    );
  }

  get #isInsider(): boolean {
    return this.index === INSIDER;
  }

  start(): void {
    this.#perform(this.#worker.start(this.network.now));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#nodes.close();
  }

  tell(event: WorkerEvent): void {
    if (this.#isOver) return;
    try {
      this.#perform(this.#worker.handle(event, this.network.now));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#exit(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  #exit(sentence: string): void {
    this.#isOver = true;
    this.#toCoordinator?.closed(1006, 'gone');
    for (const { other } of this.#peers.values()) other.host.peerClosed(other.connection);
    this.network.listeners.delete(`ws://worker-${this.index}`);
    this.network.await(this.#nodes.close());
    this.network.ended(this, sentence);
  }

  /** Its end of a connection to the coordinator. */
  pipeOf(): Pipe {
    const reader = new FrameReader('toWorker', LIMITS);
    let isOpen = true;
    return {
      deliver: (frame) => {
        if (!isOpen || this.#isOver) return;
        try {
          const message = reader.read(frame);
          if (message?.kind === 'welcome') this.name = message.worker;
          if (message) this.tell({ kind: 'message', message });
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          isOpen = false;
          this.network.log.push(`worker ${this.index} closes: ${error.message}`);
          this.#toCoordinator?.closed(error.code, error.message);
          this.tell({ kind: 'closed', code: 1006, sentence: error.message });
        }
      },
      closed: (code, sentence) => {
        if (!isOpen) return;
        isOpen = false;
        this.tell({ kind: 'closed', code, sentence });
      },
    };
  }

  #frame(message: Message, way: Way): Uint8Array<ArrayBuffer> {
    const changed = this.#isInsider ? this.network.tamper(message, way, this.incarnation) : undefined;
    return changed ?? encodeFrame(message);
  }

  #perform(effects: readonly WorkerEffect[]): void {
    for (const effect of effects) if (!this.#isOver) this.#do(effect);
  }

  #do(effect: WorkerEffect): void {
    const { network } = this;
    const { federation } = network.scenario;
    switch (effect.kind) {
      case 'connect':
        network.after(HOP_MS, () => {
          if (this.#isOver) return;
          this.#toCoordinator = network.connect(this);
          this.tell({ kind: 'connected' });
        });
        break;
      case 'send':
        this.#toCoordinator?.deliver(this.#frame(effect.message, 'toCoordinator'));
        break;
      case 'close':
        this.#toCoordinator?.closed(closeCodes[effect.reason].code, effect.sentence);
        this.#toCoordinator = undefined;
        break;
      case 'setTimer': {
        const set = ++this.#set;
        this.#timers.set(effect.name, set);
        network.after(effect.afterMs, () => {
          if (this.#timers.get(effect.name) === set) this.tell({ kind: 'timer', name: effect.name });
        });
        break;
      }
      case 'clearTimer':
        this.#timers.delete(effect.name);
        break;
      case 'prepare': {
        const { preparation, clients } = effect;
        this.#clients = clients;
        const hashes = {
          recipe: recipeHash(federation.recipe),
          bits: bitsOf(federation.recipe),
          data: federation.dataset.checksums,
          layout: layoutHash(federation.model.manifest),
          partition: partitionHash(federation.partition, clients),
          weights: sha256(startingWeights(federation)),
        };
        network.after(0, () => {
          this.tell({ kind: 'prepared', preparation, hashes });
        });
        break;
      }
      case 'persistIdentity':
        network.after(0, () => {
          this.tell({ kind: 'identityPersisted' });
        });
        break;
      case 'exit':
        this.#exit(effect.sentence);
        break;
      case 'nodes':
        this.#doNodes(effect.effect);
        break;
      case 'peer':
        this.#doPeer(effect.effect);
        break;
      case 'log':
        network.log.push(`worker ${this.index}: ${effect.sentence}`);
        break;
      default:
    }
  }

  #doNodes(effect: NodesEffect): void {
    this.#nodes.do(effect);
    this.network.await(this.#settled());
  }

  async #settled(): Promise<void> {
    while (!this.#nodes.isIdle) await setImmediate();
  }

  // Connections to other workers

  #doPeer(effect: PeerEffect): void {
    if (effect.kind === 'dial') {
      this.network.after(HOP_MS, () => {
        this.#dial(effect.peer, effect.address);
      });
    } else if (effect.kind === 'say') {
      const end = this.#peers.get(effect.connection);
      const frame = this.#frame(effect.message, 'toPeer');
      if (end) {
        this.network.after(HOP_MS, () => {
          end.other.host.peerFrame(end.other.connection, frame);
        });
      }
    } else if (effect.kind === 'hangUp') this.#hangUp(effect.connection);
  }

  #dial(peer: string, address: string): void {
    const host = this.network.listeners.get(address);
    if (host === undefined || this.#isOver) {
      this.tell({
        kind: 'peer',
        event: { kind: 'failed', peer, sentence: 'nobody listens there', isLasting: false },
      });
      return;
    }
    const [here, there] = [++this.#opened, ++host.#opened];
    this.#peers.set(here, { other: { host, connection: there }, reader: new FrameReader('toPeer', LIMITS) });
    host.#peers.set(there, {
      other: { host: this, connection: here },
      reader: new FrameReader('toPeer', LIMITS),
    });
    host.tell({ kind: 'peer', event: { kind: 'opened', connection: there } });
    this.tell({ kind: 'peer', event: { kind: 'opened', connection: here, peer } });
  }

  peerFrame(connection: number, frame: Uint8Array<ArrayBuffer>): void {
    const end = this.#peers.get(connection);
    if (end === undefined || this.#isOver) return;
    try {
      const message = end.reader.read(frame);
      if (message) this.tell({ kind: 'peer', event: { kind: 'message', connection, message } });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#hangUp(connection);
      this.tell({ kind: 'peer', event: { kind: 'broken', connection, sentence: error.message } });
      this.tell({ kind: 'peer', event: { kind: 'closed', connection, sentence: 'the connection was lost' } });
    }
  }

  peerClosed(connection: number): void {
    this.network.after(HOP_MS, () => {
      if (this.#peers.delete(connection))
        this.tell({
          kind: 'peer',
          event: { kind: 'closed', connection, sentence: 'the connection was lost' },
        });
    });
  }

  #hangUp(connection: number): void {
    const end = this.#peers.get(connection);
    this.#peers.delete(connection);
    if (end) end.other.host.peerClosed(end.other.connection);
  }
}
