/** Hosts a coordinator in the world of faults, as serve.ts does in the real one: it may crash between any two effects. */
import { evaluateHeldOut, type Executor } from '../../hosting/index.js';
import type { Federation } from '../../recipe/index.js';
import type { RunEvent } from '../../runs/index.js';
import {
  Epilogue,
  newMembers,
  type Coordinator,
  type CoordinatorCheckpoint,
  type GossipCoordinator,
  type GossipProgress,
  type GossipStart,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  type CoordinatorStart,
  type MembersRecord,
  type TimerName,
} from '../../server/index.js';
import { Connection, type End } from './connection.js';
import type { Mistake } from './mistakes.js';
import { Process } from './process.js';
import type { World } from './world.js';

/** A worker's connection. */
export type ToCoordinator = Connection<'toCoordinator', 'toWorker'>;

/** What the finished run left on the disk. */
export interface Result {
  readonly weightsSha256: string;
  readonly events: readonly RunEvent[];
}

/** What makes the coordinators for both families of algorithms. */
export interface Makers {
  readonly federated: (start: CoordinatorStart) => Coordinator;
  readonly gossip: (start: GossipStart) => GossipCoordinator;
}

export class CoordinatorParty {
  readonly #process: Process<TimerName>;
  readonly #connections = new Map<number, ToCoordinator>();
  #coordinator: Pick<Coordinator, 'start' | 'handle'> | undefined;
  #opened = 0;
  #events: RunEvent[] = [];
  #isEnding = false;
  readonly #awaited = new Set<string>();

  constructor(
    readonly world: World,
    readonly run: { readonly federation: Federation; readonly settings: CoordinatorSettings },
    readonly executor: Executor,
    readonly make: Makers,
    mistake: Mistake | undefined,
    readonly fail: (violation: string) => void,
  ) {
    this.#process = new Process(world, mistake);
  }

  /** Once the record is durable, the run is over whatever happens. */
  get result(): Result | undefined {
    return this.#process.read('record') as Result | undefined;
  }

  /** Whether a worker had a part in the run when that was over, and so must hear of it. */
  awaited(worker: string): boolean {
    return this.#awaited.has(worker);
  }

  /** The members that have clients, as they are on disk. */
  #taking(): string[] {
    const { members } = this.#process.read('members') as MembersRecord;
    return members.filter(({ clients }) => clients.length > 0).map(({ worker }) => worker);
  }

  start(): void {
    if (this.result !== undefined && this.#taking().length === 0) return;
    const members = this.#process.read('members') as MembersRecord | undefined;
    if (members !== undefined) {
      this.#begin(members);
      return;
    }
    const created = newMembers('run', 'key');
    this.#process.write('members', created, () => {
      this.#begin(created);
    });
  }

  /** @returns nothing where nobody listens */
  open(worker: End<'toWorker'>): ToCoordinator | undefined {
    if (this.#coordinator === undefined || this.#isEnding) return undefined;
    const number = ++this.#opened;
    const connection = new Connection(
      this.world,
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

  #begin(members: MembersRecord): void {
    if (this.result !== undefined) {
      this.#coordinator = epilogueOf(members, this.run.settings);
      this.#perform(this.#coordinator.start(this.world.now));
      return;
    }
    const kept = this.#process.read('checkpoint') as { content: unknown; events: RunEvent[] } | undefined;
    const { federation, settings } = this.run;
    const { algorithm } = federation;
    this.#events = kept?.events ?? [];
    const start = { federation, settings, members };
    this.#coordinator =
      algorithm.family === 'federated'
        ? this.make.federated({
            ...start,
            algorithm,
            checkpoint: kept?.content as CoordinatorCheckpoint | undefined,
          })
        : this.make.gossip({ ...start, checkpoint: kept?.content as GossipProgress | undefined });
    this.#perform(this.#coordinator.start(this.world.now));
  }

  #tell(event: CoordinatorEvent): void {
    if (this.#coordinator === undefined) return;
    const isRunning = this.#perform(this.#coordinator.handle(event, this.world.now));
    if (isRunning && !this.#isEnding && this.world.happens(this.world.weather.crash / 4)) {
      this.#isEnding = true;
      this.#later({ kind: 'interrupt' });
    }
  }

  /** @returns whether the process still runs */
  #perform(effects: readonly CoordinatorEffect[]): boolean {
    for (const effect of effects) {
      if (this.world.happens(this.world.weather.crash)) {
        this.#crash();
        return false;
      }
      this.#do(effect);
    }
    return true;
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
        this.world.await(this.#evaluate(effect));
        break;
      case 'event':
        this.#events.push(effect.event);
        break;
      case 'rewind': {
        this.#events = this.#events.filter(({ round }) => round <= effect.round);
        const kept = this.#process.read('checkpoint') as { events: RunEvent[] } | undefined;
        if (kept && kept.events.length > this.#events.length) this.#process.disk.removeDurably('checkpoint');
        break;
      }
      case 'persistMembers': {
        const { members } = effect;
        this.#persist('members', members, { kind: 'membersPersisted', version: members.version });
        break;
      }
      case 'persistProgress': {
        const { content, exchange } = effect;
        const event = { kind: 'progressPersisted', exchange, tookMs: 0 } as const;
        this.#persist('checkpoint', { content, events: this.#events }, event);
        break;
      }
      case 'finish': {
        for (const worker of this.#taking()) this.#awaited.add(worker);
        const { weightsSha256 } = effect.outcome;
        const result: Result = { weightsSha256, events: this.#events };
        this.#persist('record', result, { kind: 'finished' });
        break;
      }
      case 'exit':
        if (effect.error) this.fail(`the coordinator has failed: ${effect.error.message}`);
        this.#end();
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
    this.world.after(this.world.delay(this.world.weather.training), () => {
      told({ kind: 'evaluated', round, events });
    });
  }

  #persist(name: string, value: unknown, done: CoordinatorEvent): void {
    this.#process.write(name, value, () => {
      this.#tell(done);
    });
  }

  #crash(): void {
    this.#process.crash();
    this.#stop();
  }

  /** The process ends by itself: what it wrote is written, what it sent may arrive. */
  #end(): void {
    this.#coordinator = undefined;
    this.#process.end();
    this.world.after(this.#process.disk.settlesIn + this.world.weather.latency, () => {
      this.#stop();
    });
  }

  #stop(): void {
    this.#process.end();
    this.#coordinator = undefined;
    this.#isEnding = false;
    for (const connection of this.#connections.values()) connection.break();
    this.#connections.clear();
    this.world.after(this.world.delay(20_000), () => {
      this.start();
    });
  }

  #later(event: CoordinatorEvent): void {
    this.#process.after(0, () => {
      this.#tell(event);
    });
  }
}

function epilogueOf(
  members: MembersRecord,
  { farewellMs }: CoordinatorSettings,
): Pick<Coordinator, 'start' | 'handle'> {
  let effects: CoordinatorEffect[] = [];
  const epilogue = new Epilogue(members, farewellMs, (effect) => effects.push(effect));
  const after = (act: () => void) => {
    effects = [];
    act();
    return effects;
  };
  return {
    start: () =>
      after(() => {
        epilogue.begin([]);
      }),
    handle: (event) =>
      after(() => {
        epilogue.handle(event);
      }),
  };
}
