/**
 * Hosts a worker in the network of faults, as join.ts does in the real one. It runs join.ts's code for files, on a simulated
 * disk, and may be killed between any two effects and any two file operations.
 */
import {
  taskValidator,
  type Worker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerStart,
  type WorkerTimer,
} from '../../client/index.js';
import { WorkerStore } from '../../client/host/index.js';
import { explained } from '../../errors/index.js';
import { layoutHash, partitionHash } from '../../rounds/index.js';
import { version } from '../../records/host/index.js';
import type { EffectRunner } from '../../execution/host/index.js';
import type { UpdateResult, UpdateTask } from '../../execution/index.js';
import { buildModel, type Engine, type ModelSpec } from '../../learning/index.js';
import { sha256 } from '../../numerics/index.js';
import { encodings, type MessageOf } from '../../protocol/index.js';
import { bitsOf, recipeHash, startingWeights, type Federation } from '../../recipe/index.js';
import type { SimulatedCoordinator, ToCoordinator } from './simulated-coordinator.js';
import { isDiskFault } from './disk-faults.js';
import type { InjectedBug } from './injected-bugs.js';
import { SimulatedNodes, type NodeEnvironment } from './simulated-nodes.js';
import { SimulatedPeers, type Listeners } from './simulated-peers.js';
import { SimulatedProcess } from './simulated-process.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** The clients that a worker claims, both ends included; any where it is left out. */
export type Claim = readonly [first: number, last: number] | undefined;

/** How other workers reach it. */
export interface PeerAddresses {
  readonly listeners: Listeners;
  /** Where it listens, if it does. */
  readonly address: string | undefined;
}

/** What all workers of a network share. */
export interface WorkerEnvironment {
  readonly federation: Federation;
  readonly engine: Engine;
  readonly update: (task: UpdateTask) => UpdateResult;
  readonly make: (start: WorkerStart) => Worker;
  readonly Runner: typeof EffectRunner;
  readonly Store: typeof WorkerStore;
}

/** Its folder is all of its disk. */
const FOLDER = '.';

export class SimulatedWorker {
  readonly #process: SimulatedProcess<WorkerTimer>;
  #runner: EffectRunner<WorkerEvent, WorkerEffect, string> | undefined;
  #store: WorkerStore | undefined;
  #nodes: SimulatedNodes | undefined;
  #peers: SimulatedPeers | undefined;
  #clients: readonly number[] = [];
  #connection: ToCoordinator | undefined;
  #isEnding = false;
  /** Its part is over: it is not started again. */
  hasEnded = false;

  constructor(
    readonly network: SimulatedNetwork,
    readonly environment: WorkerEnvironment,
    readonly coordinator: SimulatedCoordinator,
    readonly claim: Claim,
    readonly nodeEnvironment: NodeEnvironment,
    readonly peers: PeerAddresses,
    bug: InjectedBug | undefined,
    readonly fail: (violation: string) => void,
  ) {
    this.#process = new SimulatedProcess(network, bug);
  }

  /** States of clients on the disk. */
  get storedStates(): number {
    return this.#process.disk.paths.filter((path) => /\/\d+-\d+\.bin$/.test(path)).length;
  }

  /** Files on the disk that were not written to their end. */
  get incompleteFiles(): number {
    return this.#process.disk.paths.filter((path) => path.endsWith('.writing')).length;
  }

  /** Who it is, as far as it would know after a crash. */
  get name(): string | undefined {
    return this.#process.disk.observe((files) => new WorkerStore(FOLDER, files).identity?.worker);
  }

  start(): void {
    try {
      this.#begin();
    } catch (error) {
      this.#ended(explained(error));
    }
  }

  #begin(): void {
    const { kind, kernelHash } = this.environment.engine;
    const { address } = this.peers;
    this.#peers = new SimulatedPeers(this.network, this.#process, this.peers.listeners, (event) => {
      this.#tell({ kind: 'peer', event });
    });
    if (address !== undefined) this.#peers.listen(address);
    const store = (this.#store = new this.environment.Store(FOLDER, this.#process.disk));
    const worker = this.environment.make({
      validator: taskValidator(() => this.environment.federation),
      settings: {
        hello: {
          software: `murmur ${version()}`,
          engine: { kind, kernel: kernelHash },
          plugins: {},
          claim: this.claim ? { kind: 'clients', ranges: [[...this.claim]] } : { kind: 'any' },
          encodings: Object.keys(encodings),
          ...(address !== undefined && { listen: address }),
        },
        threads: 2,
        entropy: this.#process.number,
      },
      identity: store.identity,
      states: store.states(),
      rounds: store.rounds(),
      checks: {
        bundle: (bundle) => this.#nodes?.checks.bundle(bundle),
        order: (order, self) => this.#nodes?.checks.order(order, self),
      },
    });
    const runner = new this.environment.Runner<WorkerEvent, WorkerEffect, string>(worker, {
      perform: (effect) => {
        this.#process.disk.mayKill(this.network.rates.crash);
        this.#do(effect);
      },
      hostFailed: (error) => ({ kind: 'hostFailed', error }),
      now: () => this.network.now,
    });
    this.#runner = runner;
    const ended = this.#process.bound((error?: Error) => {
      this.#ended(error);
    });
    runner.over.then(() => {
      ended();
    }, ended);
    this.#nodes = new SimulatedNodes(
      this.network,
      this.#process,
      store,
      () => ({ ...this.nodeEnvironment, federation: this.environment.federation, nodes: this.#clients }),
      (event) => {
        this.#tell({ kind: 'nodes', event });
      },
      (error) => {
        runner.fail(error);
      },
    );
    runner.start((now) => worker.start(now));
  }

  #tell(event: WorkerEvent): void {
    if (this.#runner === undefined) return;
    this.#runner.tell(event);
    if (!this.#isEnding && this.network.happens(this.network.rates.crash / 4)) {
      this.#isEnding = true;
      this.#later(0, { kind: 'interrupt' });
    }
  }

  #do(effect: WorkerEffect): void {
    const { rates } = this.network;
    switch (effect.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'send':
        this.#connection?.sendUp(effect.message);
        break;
      case 'close':
        this.#connection?.closeByDialler(effect.reason, effect.sentence);
        this.#connection = undefined;
        break;
      case 'setTimer':
        this.#process.setTimer(effect.name, effect.afterMs, () => {
          this.#tell({ kind: 'timer', name: effect.name });
        });
        break;
      case 'clearTimer':
        this.#process.clearTimer(effect.name);
        break;
      case 'prepare': {
        this.#clients = effect.clients;
        const hashes = this.#hashes(effect.clients);
        const drawn = this.network.happens(rates.mismatch)
          ? { ...hashes, partition: sha256('other') }
          : hashes;
        this.#later(this.network.delay(rates.training), {
          kind: 'prepared',
          preparation: effect.preparation,
          hashes: drawn,
        });
        break;
      }
      case 'adopt':
        this.#later(0, {
          kind: 'prepared',
          preparation: effect.preparation,
          hashes: this.#hashes(effect.mismatch.clients ?? []),
        });
        break;
      case 'train':
        this.#train(effect);
        break;
      case 'evaluate':
        this.#evaluate(effect);
        break;
      case 'persistIdentity':
        this.#store?.writeIdentity(effect.identity);
        this.#written({ kind: 'identityPersisted' });
        break;
      case 'persistState': {
        const { client, round, ticket } = effect;
        this.#store?.writeState(effect);
        this.#written({ kind: 'statePersisted', client, round, ticket });
        break;
      }
      case 'forgetState':
        this.#store?.forgetState(effect.client, effect.round);
        break;
      case 'forgetRun':
        this.#store?.forgetRun();
        break;
      case 'exit': {
        const { isFailure, sentence, error = new Error(sentence) } = effect;
        this.#runner?.exit(isFailure ? error : sentence);
        break;
      }
      case 'nodes':
        this.#nodes?.do(effect.effect);
        break;
      case 'peer':
        this.#peers?.perform(effect.effect);
        break;
      case 'recycle':
      case 'log':
    }
  }

  #connect(): void {
    const { network } = this;
    const attempt = this.#process.bound(() => {
      const connection = this.coordinator.open({
        message: this.#process.bound((message) => {
          if (this.#connection === connection) this.#tell({ kind: 'message', message });
        }),
        closed: this.#process.bound((code, sentence) => {
          if (this.#connection !== connection) return;
          this.#connection = undefined;
          this.#tell({ kind: 'closed', code, sentence });
        }),
      });
      if (connection === undefined || network.happens(network.rates.partition)) {
        connection?.break();
        this.#tell({ kind: 'unconnected', sentence: 'nothing listens there', isLasting: false });
        return;
      }
      this.#connection = connection;
      this.#tell({ kind: 'connected' });
    });
    network.after(network.delay(network.rates.latency), attempt);
  }

  #hashes(clients: readonly number[]): MessageOf<'ready'>['hashes'] {
    const { federation } = this.environment;
    return {
      recipe: recipeHash(federation.recipe),
      bits: bitsOf(federation.recipe),
      data: federation.dataset.checksums,
      layout: layoutHash(federation.model.manifest),
      partition: partitionHash(federation.partition, clients),
      weights: sha256(startingWeights(federation)),
    };
  }

  #train({ ticket, client, message, clientState }: Extract<WorkerEffect, { kind: 'train' }>): void {
    const finish = this.#process.bound(() => {
      const {
        answer,
        tensors,
        clientState: after,
      } = this.environment.update({ client, message, clientState });
      this.#tell({ kind: 'trained', ticket, answer, tensors, clientState: after });
    });
    this.network.after(this.network.delay(this.network.rates.training), finish);
  }

  #evaluate({ id, clients, weights, spec }: Extract<WorkerEffect, { kind: 'evaluate' }>): void {
    const results = clients.map((client) => ({ client, ...this.#measure(client, weights, spec) }));
    this.#later(this.network.delay(this.network.rates.training), { kind: 'evaluated', id, results });
  }

  #measure(client: number, weights: Float32Array, spec: ModelSpec | undefined) {
    const { federation, engine } = this.environment;
    const model = spec === undefined ? federation.model : buildModel(spec);
    return engine.evaluate(model, weights, federation.shard(client));
  }

  /** It takes a while until the worker hears that something is written. */
  #written(event: WorkerEvent): void {
    this.#process.afterWriting(() => {
      this.#tell(event);
    });
  }

  /** The process has ended, by itself or killed. */
  #ended(error?: Error): void {
    const wasKilled = this.#process.disk.isDown;
    if (!wasKilled && isDiskFault(error)) this.network.counts.exits.worker++;
    else if (!wasKilled && error) this.fail(`a worker gave up: ${error.stack ?? error.message}`);
    this.hasEnded = !wasKilled && !error && !this.#isEnding;
    this.#stop();
  }

  #stop(): void {
    this.#process.end();
    this.#runner = undefined;
    this.#nodes?.stop();
    this.#nodes = undefined;
    this.#peers?.stop();
    this.#peers = undefined;
    this.#isEnding = false;
    this.#connection?.break();
    this.#connection = undefined;
    if (this.hasEnded) return;
    // Only what a client keeps between federated rounds could not be made again.
    const isReplaceable =
      this.claim !== undefined && this.environment.federation.algorithm.family === 'gossip';
    if (isReplaceable && this.network.replacesMachine()) this.#process.disk.replace();
    this.network.after(this.network.delay(20_000), () => {
      this.start();
    });
  }

  #later(ms: number, event: WorkerEvent): void {
    this.#process.after(ms, () => {
      this.#tell(event);
    });
  }
}
