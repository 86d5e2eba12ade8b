/**
 * Hosts a coordinator in the network of faults, as serve.ts does in the real one. It runs serve.ts's code for files, on a
 * simulated disk, and may be killed between any two effects and any two file operations.
 */
import { describeRun } from '../../records/host/index.js';
import { evaluateHeldOut } from '../../rounds/index.js';
import { explained } from '../../errors/index.js';
import type { EffectRunner } from '../../execution/host/index.js';
import type { Executor } from '../../execution/index.js';
import type { Engine } from '../../learning/index.js';
import type { Dependencies, Federation } from '../../recipe/index.js';
import { readEvents, readRecord, type RunDirectory } from '../../records/host/index.js';
import type { RunEvent } from '../../records/index.js';
import {
  ShutdownNotifier,
  newWorkerRecords,
  type Coordinator,
  type CoordinatorCheckpoint,
  type GossipCoordinator,
  type GossipProgress,
  type GossipStart,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  type CoordinatorStart,
  type WorkerRecords,
  type TimerName,
} from '../../server/index.js';
import { readWorkerRecords, writeWorkerRecords } from '../../server/host/index.js';
import { Connection, type End } from './simulated-connection.js';
import { isDiskFault } from './disk-faults.js';
import type { InjectedBug } from './injected-bugs.js';
import { SimulatedProcess } from './simulated-process.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** A worker's connection. */
export type ToCoordinator = Connection<'toCoordinator', 'toWorker'>;

/** What the finished run left on the disk. */
export interface Result {
  readonly weightsSha256: string;
  readonly events: readonly RunEvent[];
}

/** The code that runs: what makes the coordinators for both families of algorithms, and their hosts' classes. */
export interface CoordinatorFactories {
  readonly federated: (start: CoordinatorStart) => Coordinator;
  readonly gossip: (start: GossipStart) => GossipCoordinator;
  readonly Runner: typeof EffectRunner;
  readonly Directory: Pick<typeof RunDirectory, 'create' | 'exists' | 'resume'>;
}

/** The run that it coordinates. */
export interface CoordinatedRun {
  readonly federation: Federation;
  readonly settings: CoordinatorSettings;
  readonly dependencies: Dependencies;
  readonly engine: Engine;
}

type Outcomes = Extract<CoordinatorEffect, { kind: 'finish' }>;
type Machine = Pick<Coordinator | GossipCoordinator, 'start' | 'handle'>;

const DIRECTORY = 'run';
const WORKERS_FILE = `${DIRECTORY}/workers.json`;

export class SimulatedCoordinator {
  readonly #process: SimulatedProcess<TimerName>;
  readonly #connections = new Map<number, ToCoordinator>();
  #runner: EffectRunner<CoordinatorEvent, CoordinatorEffect, undefined> | undefined;
  #directory: RunDirectory | undefined;
  #opened = 0;
  #events: RunEvent[] = [];
  #isEnding = false;
  readonly #awaited = new Set<string>();

  constructor(
    readonly network: SimulatedNetwork,
    readonly run: CoordinatedRun,
    readonly executor: Executor,
    readonly factories: CoordinatorFactories,
    bug: InjectedBug | undefined,
    readonly fail: (violation: string) => void,
  ) {
    this.#process = new SimulatedProcess(network, bug);
  }

  /** Once the record is durable, the run is over whatever happens. */
  get isFinished(): boolean {
    return this.#process.disk.observe((files) => files.exists(`${DIRECTORY}/run.json`));
  }

  get result(): Result | undefined {
    if (!this.isFinished) return undefined;
    return this.#process.disk.observe((files) => ({
      weightsSha256: readRecord(DIRECTORY, files).weightsSha256,
      events: readEvents(DIRECTORY, files),
    }));
  }

  /** Whether a worker had a part in the run when that was over, and so must hear of it. */
  awaited(worker: string): boolean {
    return this.#awaited.has(worker);
  }

  /** The members that have clients, as they are on disk. */
  #taking(): string[] {
    const record = this.#process.disk.observe((files) => readWorkerRecords(WORKERS_FILE, files));
    return record?.members.filter(({ clients }) => clients.length > 0).map(({ worker }) => worker) ?? [];
  }

  start(): void {
    if (this.isFinished && this.#taking().length === 0) return;
    try {
      this.#begin();
    } catch (error) {
      this.#ended(explained(error));
    }
  }

  /** @returns nothing where nobody listens */
  open(worker: End<'toWorker'>): ToCoordinator | undefined {
    if (this.#runner === undefined || this.#isEnding) return undefined;
    const number = ++this.#opened;
    const connection = new Connection(
      this.network,
      number,
      { up: 'toCoordinator', down: 'toWorker' },
      {
        message: this.#process.bound((message) => {
          this.#tell({ kind: 'message', connection: number, message });
        }),
        closed: this.#process.bound((code) => {
          this.#connections.delete(number);
          this.#tell({ kind: 'closed', connection: number, code });
        }),
      },
      worker,
    );
    this.#connections.set(number, connection);
    this.#later({ kind: 'connected', connection: number });
    return connection;
  }

  #begin(): void {
    const { federation, settings, dependencies } = this.run;
    const { algorithm, recipe } = federation;
    const { disk } = this.#process;
    const { Directory } = this.factories;
    const opened = Directory.exists(DIRECTORY, disk)
      ? Directory.resume(recipe, DIRECTORY, dependencies, false, disk)
      : { directory: Directory.create(recipe, DIRECTORY, dependencies, disk) };
    this.#directory = opened.directory;
    const members = this.#readMembers(opened.directory);
    if (opened.finished !== undefined) {
      this.#host(shutdownOnly(members, settings));
      return;
    }
    const { content } = opened;
    this.#events = content === undefined ? [] : readEvents(DIRECTORY, disk);
    const start = { federation, settings, members };
    this.#host(
      algorithm.family === 'federated'
        ? this.factories.federated({
            ...start,
            algorithm,
            checkpoint: content as CoordinatorCheckpoint | undefined,
          })
        : this.factories.gossip({ ...start, checkpoint: content as GossipProgress | undefined }),
    );
  }

  #readMembers(directory: RunDirectory): WorkerRecords {
    const { disk } = this.#process;
    try {
      const known = readWorkerRecords(WORKERS_FILE, disk);
      if (known !== undefined) return known;
      const created = newWorkerRecords('run', 'key');
      writeWorkerRecords(WORKERS_FILE, created, disk);
      return created;
    } catch (error) {
      directory.discard();
      throw error;
    }
  }

  #host(machine: Machine): void {
    const runner = new this.factories.Runner<CoordinatorEvent, CoordinatorEffect, undefined>(machine, {
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
    runner.start((now) => machine.start(now));
  }

  #tell(event: CoordinatorEvent): void {
    if (this.#runner === undefined) return;
    this.#runner.tell(event);
    if (!this.#isEnding && this.network.happens(this.network.rates.crash / 4)) {
      this.#isEnding = true;
      this.#later({ kind: 'interrupt' });
    }
  }

  #do(effect: CoordinatorEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#connections.get(effect.connection)?.sendDown(effect.message);
        break;
      case 'close':
        this.#connections.get(effect.connection)?.closeByListener(effect.reason, effect.sentence);
        this.#connections.delete(effect.connection);
        break;
      case 'setTimer':
        this.#process.setTimer(effect.name, effect.afterMs, () => {
          this.#tell({ kind: 'timer', name: effect.name });
        });
        break;
      case 'clearTimer':
        this.#process.clearTimer(effect.name);
        break;
      case 'evaluate':
        this.network.await(this.#evaluate(effect));
        break;
      case 'event':
        this.#directory?.append(effect.event);
        this.#events.push(effect.event);
        break;
      case 'rewind':
        this.#directory?.rewind(effect.round);
        this.#events = this.#events.filter(({ round }) => round <= effect.round);
        break;
      case 'persistWorkers': {
        const { members } = effect;
        writeWorkerRecords(WORKERS_FILE, members, this.#process.disk);
        this.#written({ kind: 'workersPersisted', version: members.version });
        break;
      }
      case 'persistProgress':
        this.#directory?.checkpoint(effect.content);
        this.#written({ kind: 'progressPersisted', round: effect.round, tookMs: 0 });
        break;
      case 'finish':
        this.#finish(effect);
        this.#written({ kind: 'finished' });
        break;
      case 'exit':
        this.#runner?.exit(effect.error);
        break;
      case 'trust':
      case 'log':
      case 'count':
    }
  }

  async #evaluate({ round, on, model }: Extract<CoordinatorEffect, { kind: 'evaluate' }>): Promise<void> {
    const told = this.#process.bound((event: CoordinatorEvent) => {
      this.#tell(event);
    });
    const events = await Promise.all(
      on.map((set) => evaluateHeldOut(this.run.federation, this.executor, round, model, set)),
    );
    this.network.after(this.network.delay(this.network.rates.training), () => {
      told({ kind: 'evaluated', round, events });
    });
  }

  #finish({ outcome, rounds, ended }: Outcomes): void {
    this.#awaited.clear();
    for (const worker of this.#taking()) this.#awaited.add(worker);
    const { federation, engine, dependencies } = this.run;
    const own = { events: this.#events, engine, dependencies, threads: 1, wallSeconds: 0 };
    const record = describeRun(federation, { outcome, rounds, ended, ...own });
    const { weights: values, model } = outcome;
    this.#directory?.finish(record, { values, manifest: model.manifest });
  }

  /** It takes a while until the coordinator hears that something is written. */
  #written(event: CoordinatorEvent): void {
    this.#process.afterWriting(() => {
      this.#tell(event);
    });
  }

  /** The process has ended, by itself or killed. What it sent by itself may arrive. */
  #ended(error?: Error): void {
    const { disk } = this.#process;
    this.#runner = undefined;
    if (disk.isDown) {
      this.#stop();
      return;
    }
    if (isDiskFault(error)) this.network.counts.exits.coordinator++;
    else if (error) this.fail(`the coordinator has failed: ${error.stack ?? error.message}`);
    this.#process.end();
    this.network.after(this.network.rates.latency, () => {
      this.#stop();
    });
  }

  #stop(): void {
    this.#process.end();
    this.#isEnding = false;
    for (const connection of this.#connections.values()) connection.break();
    this.#connections.clear();
    this.network.after(this.network.delay(20_000), () => {
      this.start();
    });
  }

  #later(event: CoordinatorEvent): void {
    this.#process.after(0, () => {
      this.#tell(event);
    });
  }
}

function shutdownOnly(
  members: WorkerRecords,
  { shutdownMs }: CoordinatorSettings,
): Pick<Coordinator, 'start' | 'handle'> {
  let effects: CoordinatorEffect[] = [];
  const notifier = new ShutdownNotifier(members, shutdownMs, (effect) => effects.push(effect));
  const after = (act: () => void) => {
    effects = [];
    act();
    return effects;
  };
  return {
    start: () =>
      after(() => {
        notifier.begin([]);
      }),
    handle: (event) =>
      after(() => {
        notifier.handle(event);
      }),
  };
}
