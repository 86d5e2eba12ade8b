/** Hosts a worker in memory, as join.ts does on sockets; what it writes outlives it. */
import {
  taskValidator,
  Worker,
  type Identity,
  type StoredState,
  type WorkerEffect,
  type WorkerEvent,
} from '../../client/index.js';
import { TrainingRuntime } from '../../client/host/training-runtime.js';
import { layoutHash, partitionHash } from '../../rounds/index.js';
import { update, type UpdateResult, type UpdateTask } from '../../execution/index.js';
import { buildModel, type Engine } from '../../learning/index.js';
import { canonicalJson, sha256 } from '../../numerics/index.js';
import { encodings, ProtocolError, type MessageOf } from '../../protocol/index.js';
import { bitsOf, recipeHash, startingWeights, type Federation } from '../../recipe/index.js';
import type { MemoryLink, Side } from './memory-link.js';

/** What all workers of a run share: making everything of a recipe once is enough. */
export class TrainingSetup {
  readonly train: (task: UpdateTask) => UpdateResult;
  readonly #common: Omit<MessageOf<'ready'>['hashes'], 'partition'>;

  constructor(
    readonly federation: Federation,
    readonly engine: Engine,
  ) {
    this.train = update.prepare(federation, engine, { index: 0, memories: [] });
    const { recipe, dataset, model } = federation;
    this.#common = {
      recipe: recipeHash(recipe),
      bits: bitsOf(recipe),
      data: dataset.checksums,
      layout: layoutHash(model.manifest),
      weights: sha256(startingWeights(federation)),
    };
  }

  hashes(clients: readonly number[]): MessageOf<'ready'>['hashes'] {
    return { ...this.#common, partition: partitionHash(this.federation.partition, clients) };
  }
}

export interface MemoryWorkerOptions {
  readonly setup: TrainingSetup;
  readonly clients: readonly [first: number, last: number];
  readonly key: string;
  readonly connect: (side: Side<'toWorker'>) => MemoryLink;
  readonly later: (happen: () => void) => void;
  /** Waits for something that is not done at once. */
  readonly await: (computation: Promise<void>) => void;
  readonly setTimer: (name: string, afterMs: number, happen: () => void) => void;
  readonly clearTimer: (name: string) => void;
  readonly now: () => number;
  /** Whether the partition that it draws is another at first. */
  readonly drawsOther: boolean;
}

export class MemoryWorker {
  readonly log: string[] = [];
  /** How its part ended. */
  exit: Extract<WorkerEffect, { kind: 'exit' }> | undefined;
  /** Who it is, as far as it has kept that. */
  identity: Identity | undefined;
  readonly #states = new Map<string, StoredState>();
  #worker: Worker | undefined;
  #link: MemoryLink | undefined;
  #work: TrainingRuntime | undefined;
  /** Counts its processes. */
  #process = 0;
  #clients: readonly number[] = [];
  #drawsOther: boolean;

  constructor(readonly options: MemoryWorkerOptions) {
    this.#drawsOther = options.drawsOther;
  }

  /** Starts it, or starts it again with what it has kept. */
  start(): void {
    const { setup, clients, key, now } = this.options;
    this.#stop();
    this.exit = undefined;
    const { kind, kernelHash } = setup.engine;
    this.#worker = new Worker({
      settings: {
        hello: {
          software: 'a test',
          credential: { kind: 'key', key },
          engine: { kind, kernel: kernelHash },
          plugins: {},
          claim: { kind: 'clients', ranges: [[...clients]] },
          encodings: Object.keys(encodings),
        },
        threads: 1,
        entropy: 1,
      },
      validator: taskValidator(() => setup.federation),
      // Of gossip, which no run in memory is.
      checks: { bundle: () => undefined, order: () => undefined },
      identity: this.identity,
      states: [...this.#states.values()],
    });
    this.#perform(this.#worker.start(now()));
  }

  async close(): Promise<void> {
    await this.#work?.close();
  }

  #stop(): void {
    this.#process++;
    this.#worker = undefined;
    this.#link?.break();
    this.#link = undefined;
  }

  /** Happens while the process that runs now does. */
  #bound<Parameters extends unknown[]>(happen: (...parameters: Parameters) => void) {
    const process = this.#process;
    return (...parameters: Parameters) => {
      if (process === this.#process) happen(...parameters);
    };
  }

  #tell(event: WorkerEvent): void {
    if (this.#worker) this.#perform(this.#worker.handle(event, this.options.now()));
  }

  #later(event: WorkerEvent): void {
    this.options.later(
      this.#bound(() => {
        this.#tell(event);
      }),
    );
  }

  #perform(effects: readonly WorkerEffect[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: WorkerEffect): void {
    switch (effect.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'send':
        this.#link?.toCoordinator(effect.message);
        break;
      case 'close':
        this.#link?.closeByWorker(effect.reason, effect.sentence);
        this.#link = undefined;
        break;
      case 'setTimer':
        this.options.setTimer(
          effect.name,
          effect.afterMs,
          this.#bound(() => {
            this.#tell({ kind: 'timer', name: effect.name });
          }),
        );
        break;
      case 'clearTimer':
        this.options.clearTimer(effect.name);
        break;
      case 'prepare':
        this.#clients = effect.clients;
        this.#prepare(effect.preparation, () => this.#made(effect));
        break;
      case 'adopt':
        this.#prepare(effect.preparation, () => this.#adopted(effect.mismatch));
        break;
      case 'train':
        this.#train(effect);
        break;
      case 'evaluate':
        this.#evaluate(effect);
        break;
      case 'persistIdentity':
        this.identity = effect.identity;
        this.#later({ kind: 'identityPersisted' });
        break;
      case 'persistState': {
        const { client, round, ticket, state } = effect;
        this.#states.set(`${client}-${round}`, structuredClone({ client, round, state }));
        this.#later({ kind: 'statePersisted', client, round, ticket });
        break;
      }
      case 'forgetState':
        this.#states.delete(`${effect.client}-${effect.round}`);
        break;
      case 'forgetRun':
        this.identity = undefined;
        this.#states.clear();
        break;
      case 'log':
        this.log.push(effect.sentence);
        break;
      case 'exit':
        this.exit = effect;
        this.log.push(effect.sentence);
        this.#stop();
        break;
      case 'recycle':
      case 'nodes':
      case 'peer':
    }
  }

  #connect(): void {
    const link: MemoryLink = this.options.connect({
      message: this.#bound((message) => {
        if (this.#link === link) this.#tell({ kind: 'message', message });
      }),
      broken: this.#bound((reason, sentence) => {
        if (this.#link !== link) return;
        link.toCoordinator({ kind: 'goodbye', reason, sentence });
        link.closeByWorker(reason, sentence);
        this.#link = undefined;
        this.#tell({ kind: 'closed', code: 1006, sentence });
      }),
      closed: this.#bound((code, sentence) => {
        if (this.#link !== link) return;
        this.#link = undefined;
        this.#tell({ kind: 'closed', code, sentence });
      }),
    });
    this.#link = link;
    this.#later({ kind: 'connected' });
  }

  #prepare(preparation: number, make: () => Promise<MessageOf<'ready'>['hashes']>): void {
    const prepared = this.#bound((hashes: MessageOf<'ready'>['hashes']) => {
      this.#tell({ kind: 'prepared', preparation, hashes });
    });
    const unprepared = this.#bound(({ reason, message }: ProtocolError) => {
      this.#tell({ kind: 'unprepared', reason, sentence: message });
    });
    this.options.await(
      make().then(prepared, (error: unknown) => {
        if (!(error instanceof ProtocolError)) throw error;
        unprepared(error);
      }),
    );
  }

  /** By the real work where the welcome is of something else than the shared federation. */
  async #made({ welcome, clients }: Extract<WorkerEffect, { kind: 'prepare' }>) {
    const own = this.options.setup.hashes(clients);
    const isOwn =
      welcome.recipe === JSON.stringify(this.options.setup.federation.recipe) &&
      canonicalJson(welcome.hashes) === canonicalJson(own) &&
      welcome.tensors.size === 0;
    const isWithin = (clients.at(-1) ?? 0) < this.options.setup.federation.partition.clients;
    if (isOwn && isWithin && !this.#drawsOther) return own;
    this.#work ??= new TrainingRuntime({ threads: 1, plugins: [] });
    const hashes = await this.#work.prepare(welcome, clients);
    return this.#drawsOther ? { ...hashes, partition: sha256('other'), weights: sha256('other') } : hashes;
  }

  async #adopted(mismatch: MessageOf<'mismatch'>) {
    this.#drawsOther = false;
    if (this.#work === undefined) return this.options.setup.hashes(this.#clients);
    return this.#work.adopt(mismatch);
  }

  #train({ ticket, client, message, clientState: before }: Extract<WorkerEffect, { kind: 'train' }>): void {
    try {
      const result = this.options.setup.train({ client, message, clientState: before });
      const { answer, tensors, clientState } = result;
      this.#later({ kind: 'trained', ticket, answer, tensors, clientState });
    } catch (error) {
      this.#later({
        kind: 'failed',
        ticket,
        sentence: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #evaluate({ id, clients, weights, spec }: Extract<WorkerEffect, { kind: 'evaluate' }>): void {
    const { federation, engine } = this.options.setup;
    const model = spec === undefined ? federation.model : buildModel(spec);
    const results = clients.map((client) => ({
      client,
      ...engine.evaluate(model, weights, federation.shard(client)),
    }));
    this.#later({ kind: 'evaluated', id, results });
  }
}
