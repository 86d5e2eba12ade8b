/** Hosts a worker in the world of faults, as join.ts does in the real one: it may crash between any two effects. */
import {
  taskValidator,
  type Identity,
  type StoredState,
  type Worker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerStart,
  type WorkerTimer,
} from '../../client/index.js';
import {
  layoutHash,
  partitionHash,
  version,
  type UpdateResult,
  type UpdateTask,
} from '../../hosting/index.js';
import { buildModel, type Engine, type ModelSpec } from '../../learning/index.js';
import { sha256 } from '../../numerics/index.js';
import { encodings, type MessageOf } from '../../protocol/index.js';
import { bitsOf, recipeHash, startingWeights, type Federation } from '../../recipe/index.js';
import type { CoordinatorParty, ToCoordinator } from './coordinator-party.js';
import type { Mistake } from './mistakes.js';
import { keptRounds, NodesParty, type Bench } from './nodes-party.js';
import { PeersParty, type Listeners } from './peers-party.js';
import { Process } from './process.js';
import type { World } from './world.js';

/** The clients that a worker claims, both ends included; any where it is left out. */
export type Claim = readonly [first: number, last: number] | undefined;

/** How other workers reach it. */
export interface Reach {
  readonly listeners: Listeners;
  /** Where it listens, if it does. */
  readonly address: string | undefined;
}

/** What all workers of a world share. */
export interface Machinery {
  readonly federation: Federation;
  readonly engine: Engine;
  readonly update: (task: UpdateTask) => UpdateResult;
  readonly make: (start: WorkerStart) => Worker;
}

export class WorkerParty {
  readonly #process: Process<WorkerTimer>;
  #worker: Worker | undefined;
  #nodes: NodesParty | undefined;
  #peers: PeersParty | undefined;
  #clients: readonly number[] = [];
  #connection: ToCoordinator | undefined;
  #isEnding = false;
  /** Its part is over: it is not started again. */
  hasEnded = false;

  constructor(
    readonly world: World,
    readonly machinery: Machinery,
    readonly coordinator: CoordinatorParty,
    readonly claim: Claim,
    readonly bench: Bench,
    readonly reach: Reach,
    mistake: Mistake | undefined,
    readonly fail: (violation: string) => void,
  ) {
    this.#process = new Process(world, mistake);
  }

  /** States of clients on the disk. */
  get kept(): number {
    return [...this.#process.disk.files.keys()].filter((name) => name.startsWith('state/')).length;
  }

  /** Who it is, as far as it would know after a crash. */
  get name(): string | undefined {
    return (this.#process.read('identity') as Identity | undefined)?.worker;
  }

  start(): void {
    const { kind, kernelHash } = this.machinery.engine;
    const { address } = this.reach;
    this.#peers = new PeersParty(this.world, this.#process, this.reach.listeners, (event) => {
      this.#tell({ kind: 'peer', event });
    });
    if (address !== undefined) this.#peers.listen(address);
    this.#worker = this.machinery.make({
      validator: taskValidator(() => this.machinery.federation),
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
      identity: this.#process.read('identity') as Identity | undefined,
      states: [...this.#process.disk.files.keys()]
        .filter((name) => name.startsWith('state/'))
        .flatMap((name) => (this.#process.read(name) as StoredState | undefined) ?? []),
      rounds: keptRounds(this.#process.disk.files),
      checks: {
        bundle: (bundle) => this.#nodes?.checks.bundle(bundle),
        order: (order, self) => this.#nodes?.checks.order(order, self),
      },
    });
    this.#nodes = new NodesParty(
      this.world,
      this.#process,
      () => ({ ...this.bench, federation: this.machinery.federation, nodes: this.#clients }),
      (event) => {
        this.#tell({ kind: 'nodes', event });
      },
      (error) => {
        this.fail(`nodes failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      },
    );
    this.#perform(this.#worker.start(this.world.now));
  }

  #tell(event: WorkerEvent): void {
    if (this.#worker === undefined) return;
    const isRunning = this.#perform(this.#worker.handle(event, this.world.now));
    if (isRunning && !this.#isEnding && this.world.happens(this.world.weather.crash / 4)) {
      this.#isEnding = true;
      this.#later(0, { kind: 'interrupt' });
    }
  }

  /** @returns whether the process still runs */
  #perform(effects: readonly WorkerEffect[]): boolean {
    for (const effect of effects) {
      if (this.world.happens(this.world.weather.crash)) {
        this.#process.crash();
        this.#stop(true);
        return false;
      }
      this.#do(effect);
    }
    return true;
  }

  #do(effect: WorkerEffect): void {
    const { weather } = this.world;
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
        const drawn = this.world.happens(weather.mismatch)
          ? { ...hashes, partition: sha256('other') }
          : hashes;
        this.#later(this.world.delay(weather.training), {
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
        this.#persist('identity', effect.identity, { kind: 'identityPersisted' });
        break;
      case 'persistState': {
        const { client, exchange, ticket, state } = effect;
        const event = { kind: 'statePersisted', client, exchange, ticket } as const;
        this.#persist(`state/${client}-${exchange}`, { client, exchange, state }, event);
        break;
      }
      case 'forgetState':
        this.#process.disk.remove(`state/${effect.client}-${effect.exchange}`);
        break;
      case 'forgetRun':
        this.#process.disk.removeDurably('identity');
        for (const name of [...this.#process.disk.files.keys()]) this.#process.disk.remove(name);
        break;
      case 'exit':
        if (effect.isFailure) this.fail(`a worker gave up: ${effect.sentence}`);
        this.hasEnded = !this.#isEnding;
        this.#stop(this.#isEnding);
        break;
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
    const { world } = this;
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
      if (connection === undefined || world.happens(world.weather.partition)) {
        connection?.break();
        this.#tell({ kind: 'unconnected', sentence: 'nothing listens there', isLasting: false });
        return;
      }
      this.#connection = connection;
      this.#tell({ kind: 'connected' });
    });
    world.after(world.delay(world.weather.latency), attempt);
  }

  #hashes(clients: readonly number[]): MessageOf<'ready'>['hashes'] {
    const { federation } = this.machinery;
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
      const { answer, tensors, clientState: after } = this.machinery.update({ client, message, clientState });
      this.#tell({ kind: 'trained', ticket, answer, tensors, clientState: after });
    });
    this.world.after(this.world.delay(this.world.weather.training), finish);
  }

  #evaluate({ id, clients, weights, spec }: Extract<WorkerEffect, { kind: 'evaluate' }>): void {
    const results = clients.map((client) => ({ client, ...this.#measure(client, weights, spec) }));
    this.#later(this.world.delay(this.world.weather.training), { kind: 'evaluated', id, results });
  }

  #measure(client: number, weights: Float32Array, spec: ModelSpec | undefined) {
    const { federation, engine } = this.machinery;
    const model = spec === undefined ? federation.model : buildModel(spec);
    return engine.evaluate(model, weights, federation.shard(client));
  }

  #persist(name: string, value: unknown, done: WorkerEvent): void {
    this.#process.write(name, value, () => {
      this.#tell(done);
    });
  }

  #stop(comesBack: boolean): void {
    this.#process.end();
    this.#nodes?.stop();
    this.#nodes = undefined;
    this.#peers?.stop();
    this.#peers = undefined;
    this.#worker = undefined;
    this.#isEnding = false;
    this.#connection?.break();
    this.#connection = undefined;
    if (!comesBack) return;
    this.world.after(this.#process.disk.settlesIn + this.world.delay(20_000), () => {
      this.start();
    });
  }

  #later(ms: number, event: WorkerEvent): void {
    this.#process.after(ms, () => {
      this.#tell(event);
    });
  }
}
