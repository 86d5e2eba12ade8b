/** Hosts a worker: sockets, files, timers and training threads do what it says, and it is told what came of it. */
import { randomInt } from 'node:crypto';
import { authoritiesWith, type WriteLog } from '../../transport/host/index.js';
import { EffectRunner, Timers, within } from '../../execution/host/index.js';
import { isSystemError } from '../../errors/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import {
  RoundLog,
  taskValidator,
  UpdateBuffers,
  Worker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerTimer,
} from '../index.js';
import { CoordinatorSocket } from './coordinator-socket.js';
import { GossipNodes } from './gossip-nodes.js';
import { PeerSockets, type PeerListening } from './peer-sockets.js';
import { helloOf, type Introduction } from './hello.js';
import type { WorkerStore } from './store.js';
import { TrainingRuntime } from './training-runtime.js';

export interface JoinOptions extends Introduction {
  readonly url: string;
  readonly threads: number;
  readonly store: WorkerStore;
  /** Where other workers can connect to this one, for gossip. */
  readonly listen?: PeerListening | undefined;
  /** The coordinator is the same user's, on this machine: it may name data in the working folder. */
  readonly isLocal?: boolean | undefined;
  /** A PEM file of authorities to trust besides the usual ones. */
  readonly ca?: string | undefined;
  readonly log: WriteLog;
  readonly signal?: AbortSignal;
}

export interface JoinResult {
  /** What the end was. */
  readonly sentence: string;
  /** Whether it was told to end, and the run goes on. */
  readonly wasInterrupted: boolean;
}

/**
 * Takes part in a federation until it is over.
 * @throws ConnectionError, RunFailedError, SystemError; Error, a sentence, where the worker is turned away for good
 */
export async function joinFederation(options: JoinOptions): Promise<JoinResult> {
  const ca = options.ca === undefined ? undefined : authoritiesWith(options.ca);
  const peers = new PeerSockets(ca, options.log);
  const listen = options.listen && (await peers.listen(options.listen));
  const host = new WorkerHost(options, ca, peers, listen);
  try {
    return await host.run();
  } finally {
    await host.close();
  }
}

/** After a failure, what is under way (data being read, a socket that is not read) is waited for so long at most. */
const CLOSE_AFTER_FAILURE_MS = 2_000;

class WorkerHost {
  readonly #worker: Worker;
  readonly #runner: EffectRunner<WorkerEvent, WorkerEffect, JoinResult>;
  readonly #socket: CoordinatorSocket;
  readonly #work: TrainingRuntime;
  readonly #nodes: GossipNodes;
  readonly #timers = new Timers<WorkerTimer>((name) => {
    this.#tell({ kind: 'timer', name });
  });
  readonly #answers = new UpdateBuffers((buffer) => {
    this.#work.recycle(buffer);
  });
  /** Who the worker is, in each line of its log. */
  #who: object = {};
  readonly #rounds = new RoundLog(
    (sentence, fields) => {
      this.#log('info', sentence, fields);
    },
    () => performance.now(),
  );
  /** Preparing takes a while; one after another. */
  #preparing: Promise<void> = Promise.resolve();

  constructor(
    readonly options: JoinOptions,
    ca: string[] | undefined,
    readonly peers: PeerSockets,
    /** The address at which other workers reach this one. */
    listen: string | undefined,
  ) {
    const { url, threads, plugins, store, own } = options;
    peers.tell = (event) => {
      this.#tell({ kind: 'peer', event });
    };
    this.#socket = new CoordinatorSocket(url, ca, (event) => {
      this.#note(event);
      this.#tell(event);
    });
    this.#work = new TrainingRuntime({ threads, plugins, data: own?.data, isLocal: options.isLocal });
    this.#nodes = new GossipNodes(
      () => this.#work.made,
      store,
      (event) => {
        this.#tell({ kind: 'nodes', event });
      },
      (error) => {
        this.#runner.fail(error);
      },
    );
    this.#worker = new Worker({
      validator: taskValidator(() => this.#work.made.federation),
      settings: { hello: helloOf(options, listen), threads, entropy: randomInt(2 ** 47) },
      identity: store.identity,
      states: store.states(),
      rounds: store.rounds(),
      checks: this.#nodes,
    });
    this.#runner = new EffectRunner(this.#worker, {
      perform: (effect) => {
        this.#do(effect);
      },
      hostFailed: (error) => ({ kind: 'hostFailed', error }),
    });
  }

  async run(): Promise<JoinResult> {
    const { signal } = this.options;
    const interrupt = () => {
      this.#tell({ kind: 'interrupt' });
    };
    signal?.addEventListener('abort', interrupt);
    this.#runner.start((now) => this.#worker.start(now));
    if (signal?.aborted) interrupt();
    try {
      return await this.#runner.over;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  async close(): Promise<void> {
    this.#rounds.flush();
    this.#timers.clearAll();
    this.peers.close();
    const { failure } = this.#runner;
    if (failure === undefined) await this.#stopWork();
    else await within(CLOSE_AFTER_FAILURE_MS, this.#stopWork()).catch(() => undefined);
    this.options.store.close();
  }

  async #stopWork(): Promise<void> {
    await this.#preparing;
    await this.#nodes.close();
    await this.#work.close();
  }

  #log(level: 'info' | 'warn', sentence: string, fields: object = {}): void {
    this.options.log(level, sentence, { ...this.#who, ...fields });
  }

  /** Logs what the coordinator says that an operator wants to know. */
  #note(event: WorkerEvent): void {
    if (event.kind === 'connected') this.#log('info', `connected to ${this.options.url}`);
    if (event.kind !== 'message') return;
    const { message } = event;
    this.#rounds.received(message);
    if (message.kind !== 'welcome') return;
    const { worker, run, clients } = message;
    this.#who = { worker, run };
    const count = clients.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    this.#log('info', `worker ${worker} of run ${run} hosts ${count} clients`, { clients: count });
  }

  #tell(event: WorkerEvent): void {
    this.#runner.tell(event);
  }

  #do(effect: WorkerEffect): void {
    const { store } = this.options;
    switch (effect.kind) {
      case 'connect':
        this.#socket.connect();
        break;
      case 'send': {
        const { message } = effect;
        this.#rounds.sent(message);
        this.#socket.send(
          message,
          message.kind === 'update' ? this.#answers.lend(message.tensors) : undefined,
        );
        break;
      }
      case 'close':
        this.#socket.close(effect.reason, effect.sentence);
        break;
      case 'setTimer':
        this.#timers.set(effect.name, effect.afterMs);
        break;
      case 'clearTimer':
        this.#timers.clear(effect.name);
        break;
      case 'prepare':
        this.#prepare(
          effect.preparation,
          () => this.#work.prepare(effect.welcome, effect.clients),
          effect.welcome,
        );
        break;
      case 'adopt':
        this.#prepare(effect.preparation, () => this.#work.adopt(effect.mismatch));
        break;
      case 'train':
        void this.#train(effect);
        break;
      case 'evaluate':
        void this.#evaluate(effect);
        break;
      case 'nodes':
        this.#nodes.do(effect.effect);
        break;
      case 'peer':
        this.peers.perform(effect.effect);
        break;
      case 'persistIdentity':
        store.writeIdentity(effect.identity);
        this.#later({ kind: 'identityPersisted' });
        break;
      case 'persistState': {
        const { client, round, ticket } = effect;
        store.writeState(effect);
        this.#later({ kind: 'statePersisted', client, round, ticket });
        break;
      }
      case 'recycle':
        this.#answers.giveBack(effect.memory);
        break;
      case 'forgetState':
        store.forgetState(effect.client, effect.round);
        break;
      case 'forgetRun':
        store.forgetRun();
        break;
      case 'log':
        this.#log(effect.level, effect.sentence);
        break;
      case 'exit': {
        const { isFailure, wasInterrupted = false, sentence, error = new Error(sentence) } = effect;
        if (!isFailure) this.#log('info', sentence);
        this.#runner.exit(isFailure ? error : { sentence, wasInterrupted });
      }
    }
  }

  /** Told once the effects that are being performed are. */
  #later(event: WorkerEvent): void {
    setImmediate(() => {
      this.#tell(event);
    });
  }

  #prepare(
    preparation: number,
    make: () => Promise<MessageOf<'ready'>['hashes']>,
    welcome?: MessageOf<'welcome'>,
  ): void {
    this.#preparing = this.#preparing
      .then(make)
      .then((hashes) => {
        if (welcome) this.#logData();
        this.#tell({ kind: 'prepared', preparation, hashes });
      })
      .catch((error: unknown) => {
        if (error instanceof ProtocolError) {
          this.#tell({ kind: 'unprepared', reason: error.reason, sentence: error.message });
        } else {
          const run = welcome ? ` of run ${welcome.run}` : '';
          this.#runner.fail(error instanceof Error ? error : new Error(`the recipe${run}: ${String(error)}`));
        }
      });
  }

  #logData(): void {
    const { federation, nodes } = this.#work.made;
    const { dataset, partition, recipe } = federation;
    const examples = nodes.reduce((sum, client) => sum + partition.size(client), 0);
    this.#log('info', `trains ${recipe.name} on ${examples} examples of ${dataset.name}`, {
      recipe: recipe.name,
      dataset: dataset.name,
      examples,
    });
  }

  async #train(effect: Extract<WorkerEffect, { kind: 'train' }>): Promise<void> {
    const { ticket, client, message, clientState: before } = effect;
    try {
      const result = await this.#work.train({ client, message, clientState: before });
      this.#tell({ kind: 'trained', ticket, ...result });
    } catch (error) {
      // What this machine lacks it would lack for every other client too.
      if (isSystemError(error) || this.#work.hasDied) {
        this.#runner.fail(error);
        return;
      }
      const sentence = error instanceof Error ? error.message : String(error);
      this.#tell({ kind: 'failed', ticket, sentence });
    }
  }

  async #evaluate({
    id,
    clients,
    weights,
    spec,
  }: Extract<WorkerEffect, { kind: 'evaluate' }>): Promise<void> {
    try {
      const results = await this.#work.evaluate(clients, weights, spec);
      this.#tell({ kind: 'evaluated', id, results });
    } catch (error) {
      this.#runner.fail(error);
    }
  }
}
