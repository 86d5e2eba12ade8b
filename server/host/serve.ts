/** Hosts a coordinator: sockets, files, timers and the evaluation of models are here, decisions are not. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  type Address,
  type ListenOptions,
  readCertificate,
  type WriteLog,
} from '../../transport/host/index.js';
import { defaultDataHome } from '../../data/host/index.js';
import { createExecutor, EffectRunner, Timers } from '../../execution/host/index.js';
import {
  createRun,
  describeRun,
  type OpenedRun,
  readEvents,
  resumeRun,
  RunDirectory,
  version,
} from '../../records/host/index.js';
import { DivergedError } from '../../errors/index.js';
import { evaluateHeldOut } from '../../rounds/index.js';
import type { Executor } from '../../execution/index.js';
import { engineFor } from '../../learning/host/index.js';
import type { Engine } from '../../learning/index.js';
import type { ToCoordinator } from '../../protocol/index.js';
import {
  buildFederation,
  dependenciesOf,
  pluginChecksums,
  RecipeError,
  recipeHash,
  type Dependencies,
  type Federation,
  type Recipe,
} from '../../recipe/index.js';
import type { RunEvent, RunRecord } from '../../records/index.js';
import {
  type AnyCoordinator,
  type CoordinatorContent,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  createCoordinator,
  defaultSettings,
  largestFrame,
  newWorkerRecords,
  PeerDirectory,
  refuseOutsidePaths,
  refuseUnserved,
  type TimerName,
  type WorkerRecords,
} from '../index.js';
import { notifyOfFinishedRun } from './notify-of-finished-run.js';
import { readWorkerRecords, writeWorkerRecords } from './worker-records-file.js';
import { ServerMetrics } from './metrics.js';
import { Sockets } from './sockets.js';

export interface ServeOptions extends ListenOptions {
  /** The run's directory, or true for the default runs/NAME-HASH8-N. */
  readonly out: string | true;
  /** Go on with the run that `out` holds, or begin it where there is none. */
  readonly resume?: boolean;
  /** With `resume`: does the run again where its data, files, plugins or bits have changed since it began. */
  readonly redo?: boolean;
  /** Threads for evaluation. */
  readonly threads: number;
  readonly plugins?: readonly string[];
  readonly settings?: Partial<CoordinatorSettings>;
  readonly onStart?: (federation: Federation, directory: RunDirectory) => void;
  readonly onListening?: (address: Address) => void;
  readonly onEvent?: (event: RunEvent) => void;
  readonly log?: WriteLog;
  /** Shuts down: what can be kept is kept, workers are told to come back. */
  readonly signal?: AbortSignal;
}

export interface ServeResult {
  /** Left out where the run was interrupted. */
  readonly record?: RunRecord;
  readonly directory: string;
  readonly events: readonly RunEvent[];
  readonly alreadyFinished?: true;
}

/**
 * Coordinates a recipe's run to its end.
 * @throws RecipeError, RunDirectoryError, DivergedError; Error where the port is taken or a certificate is bad
 */
export async function serve(recipe: Recipe, options: ServeOptions): Promise<ServeResult> {
  // What cannot be is said before anything is written.
  refuseOutsidePaths(recipe, defaultDataHome());
  if (options.tls) readCertificate(options.tls);
  if (options.settings?.token === '') throw new RecipeError('the join token is empty: everybody could join');
  const federation = buildFederation(recipe);
  refuseUnserved(federation);
  const dependencies = dependenciesOf(federation, options.plugins);
  const opened = await openDirectory(recipe, options, dependencies);
  try {
    if (opened.finished === undefined) return await perform(recipe, federation, opened, options);
    const { directory, finished } = opened;
    const events = readEvents(directory.path);
    await notifyOfFinishedRun(directory, { ...defaultSettings, ...options.settings }, options);
    return { record: finished, directory: directory.path, events, alreadyFinished: true };
  } finally {
    opened.close();
  }
}

async function perform(
  recipe: Recipe,
  federation: Federation,
  opened: OpenedRun,
  options: ServeOptions,
): Promise<ServeResult> {
  const host = await createHost(recipe, federation, opened, options);
  try {
    return await host.run();
  } finally {
    await host.close();
  }
}

/** A run that cannot begin leaves no directory behind. */
async function createHost(
  recipe: Recipe,
  federation: Federation,
  { directory, content }: OpenedRun,
  options: ServeOptions,
): Promise<ServerHost> {
  try {
    const engine = await engineFor(recipe.engine, federation.model, { objective: federation.objective });
    return new ServerHost(recipe, federation, engine, directory, content, options);
  } catch (error) {
    directory.discard();
    throw error;
  }
}

async function openDirectory(
  recipe: Recipe,
  { out, resume, redo, log }: ServeOptions,
  dependencies: Dependencies,
): Promise<OpenedRun> {
  const onWait = (sentence: string) => log?.('info', sentence);
  if (resume !== true) return createRun(recipe, out === true ? undefined : out, dependencies, onWait);
  if (out === true) throw new RecipeError('--resume needs the run to go on with: --out DIR');
  // One that was killed before it had its recipe is begun anew.
  if (!RunDirectory.exists(out)) return createRun(recipe, out, dependencies, onWait);
  return resumeRun(recipe, out, dependencies, { redo, onWait });
}

/** Of the wall time, what writing down who takes part may take; on a slow disk a worker waits at most a second for it. */
const MEMBERS_SHARE = 0.2;
const LONGEST_REST_MS = 1000;

/** How long workers may take to read what they were told last: at the end, and where the host has failed. */
const CLOSE_MS = 6_000;
const CLOSE_AFTER_FAILURE_MS = 2_000;

class ServerHost {
  readonly #coordinator: AnyCoordinator;
  readonly #runner: EffectRunner<CoordinatorEvent, CoordinatorEffect, undefined>;
  readonly #executor: Executor;
  readonly #sockets: Sockets;
  readonly #timers = new Timers<TimerName>((name) => {
    this.#runner.tell({ kind: 'timer', name });
  });
  readonly #settings: CoordinatorSettings;
  readonly #metrics: ServerMetrics;
  readonly #peers = new PeerDirectory();
  readonly #log: WriteLog = (level, sentence, fields = {}) => {
    this.options.log?.(level, sentence, this.#peers.complete(fields));
  };
  readonly #events: RunEvent[];
  readonly #startedAt = performance.now();
  #record: RunRecord | undefined;

  constructor(
    readonly recipe: Recipe,
    readonly federation: Federation,
    readonly engine: Engine,
    readonly directory: RunDirectory,
    content: unknown,
    readonly options: ServeOptions,
  ) {
    this.#events = content === undefined ? [] : readEvents(directory.path);
    this.#metrics = new ServerMetrics(this.#events);
    this.#settings = {
      ...defaultSettings,
      version: version(),
      plugins: pluginChecksums(options.plugins),
      limits: { ...defaultSettings.limits, frameBytes: largestFrame(this.federation) },
      ...options.settings,
    };
    this.#sockets = new Sockets(
      this.#settings,
      (event) => {
        if (event.kind === 'message') this.#received(event.connection, event.message);
        else if (event.kind === 'heard') this.#metrics.received(event.connection);
        this.#runner.tell(event);
        if (event.kind === 'closed') this.#peers.closed(event.connection);
      },
      this.#log,
      {
        opened: (connection, address) => {
          this.#peers.opened(connection, address);
        },
        closed: (connection, traffic) => {
          this.#metrics.closed(connection, traffic);
        },
      },
    );
    this.#coordinator = createCoordinator(
      this.federation,
      this.#settings,
      this.#readMembers(),
      content as CoordinatorContent | undefined,
    );
    this.#runner = new EffectRunner(this.#coordinator, {
      perform: (effect) => {
        this.#do(effect);
      },
      hostFailed: (error) => ({ kind: 'hostFailed', error }),
    });
    const { threads, plugins } = options;
    this.#executor = createExecutor(this.federation, { threads, plugins, apart: true });
  }

  async run(): Promise<ServeResult> {
    const { signal, onStart, onListening } = this.options;
    onStart?.(this.federation, this.directory);
    const address = await this.#listen();
    onListening?.(address);
    const interrupt = () => {
      this.#runner.tell({ kind: 'interrupt' });
    };
    signal?.addEventListener('abort', interrupt);
    this.#runner.start((now) => this.#coordinator.start(now));
    if (signal?.aborted) interrupt();
    try {
      await this.#runner.over;
    } catch (error) {
      if (error instanceof DivergedError) this.directory.diverge(error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
    const result = { directory: this.directory.path, events: this.#events };
    return this.#record === undefined ? result : { ...result, record: this.#record };
  }

  /** The same command can be given again, without --resume, where the port was taken. */
  async #listen(): Promise<Address> {
    try {
      return await this.#sockets.listen(this.options, {
        metrics: () => {
          const { status, workers } = this.#coordinator;
          return this.#metrics.text({ status, workers, traffic: this.#sockets.traffic });
        },
        status: () => ({ run: this.recipe.name, rounds: this.recipe.rounds, ...this.#coordinator.status }),
        isHealthy: () => this.#runner.failure === undefined,
      });
    } catch (error) {
      this.directory.discard();
      throw error;
    }
  }

  /** Lets workers read what they were told last, and lets go of everything. */
  async close(): Promise<void> {
    this.#timers.clearAll();
    await this.#sockets.close(this.#runner.failure ? CLOSE_AFTER_FAILURE_MS : CLOSE_MS);
    await this.#executor.close();
  }

  #do(effect: CoordinatorEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(effect);
        break;
      case 'close':
      case 'trust':
        this.#sockets.perform(effect);
        break;
      case 'setTimer':
        this.#timers.set(effect.name, effect.afterMs);
        break;
      case 'clearTimer':
        this.#timers.clear(effect.name);
        break;
      case 'evaluate':
        void this.#evaluate(effect);
        break;
      case 'event':
        this.directory.append(effect.event);
        this.#events.push(effect.event);
        this.#metrics.event(effect.event);
        this.options.onEvent?.(effect.event);
        break;
      case 'rewind': {
        this.directory.rewind(effect.round);
        const later = this.#events.findIndex(({ round }) => round > effect.round);
        if (later >= 0) this.#events.splice(later);
        break;
      }
      case 'persistWorkers': {
        const before = performance.now();
        writeWorkerRecords(this.directory.file('workers.json'), effect.members);
        // Whoever comes meanwhile is in the next write: thousands who come at once need not as many.
        const restMs = Math.min((performance.now() - before) * (1 / MEMBERS_SHARE - 1), LONGEST_REST_MS);
        setTimeout(() => {
          this.#runner.tell({ kind: 'workersPersisted', version: effect.members.version });
        }, restMs).unref();
        break;
      }
      case 'persistProgress': {
        const before = performance.now();
        this.directory.checkpoint(effect.content);
        const tookMs = performance.now() - before;
        this.#metrics.checkpointed(tookMs / 1000);
        this.#later({ kind: 'progressPersisted', round: effect.round, tookMs });
        break;
      }
      case 'finish':
        this.#finish(effect);
        this.#later({ kind: 'finished' });
        break;
      case 'log':
        this.#log(effect.level, effect.sentence, effect.fields);
        break;
      case 'count':
        this.#metrics.count(effect);
        break;
      case 'exit':
        this.#runner.exit(effect.error);
    }
  }

  #received(connection: number, message: ToCoordinator): void {
    this.#metrics.received(connection, message);
    if (message.kind === 'hello') this.#peers.greeted(connection, message);
  }

  #send(effect: Extract<CoordinatorEffect, { kind: 'send' }>): void {
    const { connection, message } = effect;
    this.#metrics.sent(connection, message);
    if (message.kind === 'welcome') this.#peers.welcomed(connection, message.worker);
    this.#sockets.perform(effect);
  }

  /** Told once the effects that are being performed are. */
  #later(event: CoordinatorEvent): void {
    setImmediate(() => {
      this.#runner.tell(event);
    });
  }

  async #evaluate({ round, on, model }: Extract<CoordinatorEffect, { kind: 'evaluate' }>): Promise<void> {
    const before = performance.now();
    try {
      const events = await Promise.all(
        on.map((set) => evaluateHeldOut(this.federation, this.#executor, round, model, set)),
      );
      this.#metrics.evaluated((performance.now() - before) / 1000);
      this.#runner.tell({ kind: 'evaluated', round, events });
    } catch (error) {
      this.#runner.fail(error);
    }
  }

  #finish({ outcome, rounds, ended }: Extract<CoordinatorEffect, { kind: 'finish' }>): void {
    this.#record = describeRun(this.#coordinator.federation, {
      outcome,
      rounds,
      ended,
      engine: this.engine,
      events: this.#events,
      threads: this.options.threads,
      wallSeconds: (performance.now() - this.#startedAt) / 1000,
      dependencies: dependenciesOf(this.federation, this.options.plugins),
    });
    const { weights: values, model } = outcome;
    this.directory.finish(this.#record, { values, manifest: model.manifest });
  }

  #readMembers(): WorkerRecords {
    const file = this.directory.file('workers.json');
    const known = readWorkerRecords(file);
    if (known !== undefined) return known;
    const run = `${recipeHash(this.recipe).slice(0, 8)}-${randomBytes(4).toString('hex')}`;
    const members = newWorkerRecords(run, randomBytes(32).toString('hex'));
    writeWorkerRecords(file, members);
    return members;
  }
}
