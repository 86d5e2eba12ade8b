/**
 * A run of a real coordinator and real workers in memory, in one order of events: what the first worker, the insider, and
 * the coordinator say to each other can be replaced on the way. Nothing takes time; timers run out when nothing else happens.
 */
import type { WorkerEffect } from '../../client/index.js';
import { wasmEngine } from '../../learning/index.js';
import type { Message } from '../../protocol/index.js';
import { buildFederation, parseRecipe, type Federation } from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import {
  Coordinator,
  defaultSettings,
  newWorkerRecords,
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorStart,
} from '../../server/index.js';
import { orderly } from '../../server/orderly.js';
import { MemoryLink, type Intercept, type Side } from './memory-link.js';
import { MemoryWorker, TrainingSetup } from './memory-worker.js';

/** A recipe and what runs of it share. */
export interface Deployment {
  readonly federation: Federation;
  readonly setup: TrainingSetup;
  /** The clients of each worker, both ends included; the first is the insider. */
  readonly workers: readonly (readonly [number, number])[];
}

export function deployment(recipe: string, workers: Deployment['workers']): Deployment {
  const federation = buildFederation(parseRecipe(recipe));
  return { federation, setup: new TrainingSetup(federation, wasmEngine()), workers };
}

export interface MemoryRunOptions {
  /** What becomes of the insider's messages and of those to it. */
  readonly intercept?: (message: Message, way: 'toCoordinator' | 'toWorker') => ReturnType<Intercept>;
  /** Whether somebody starts the insider again where its part has ended, or the run waits for it. */
  readonly restarts?: boolean;
  /** Whether the insider draws another partition and other weights at first. */
  readonly drawsOther?: boolean;
  readonly coordinator?: (start: CoordinatorStart) => Coordinator;
}

export interface MemoryResult {
  /** None where the run has no outcome. */
  readonly weightsSha256: string | undefined;
  readonly isFinite: boolean;
  readonly events: readonly RunEvent[];
  /** Why the coordinator ended without an outcome. */
  readonly error: Error | undefined;
  /** Whether nothing more happens though it is not over. */
  readonly isStuck: boolean;
  /** What the coordinator logged as a warning, with its fields. */
  readonly warnings: readonly string[];
  readonly counts: readonly Extract<CoordinatorEffect, { kind: 'count' }>[];
  /** How each worker's last process ended. */
  readonly exits: readonly (Extract<WorkerEffect, { kind: 'exit' }> | undefined)[];
  /** What each worker logged. */
  readonly logs: readonly (readonly string[])[];
  /** The insider's name. */
  readonly insider: string;
}

/** An insider that is started again more often than this is not cured by that. */
const MOST_RESTARTS = 3;
/** A run that is longer does not end: somebody tries the same again and again. */
const MOST_EVENTS = 5_000;
/** Heartbeats do not matter where nothing takes time. */
const UNHEARD = 'heartbeat';

const keyOf = (worker: number) => `the key of worker ${worker}`;

interface Timer {
  readonly at: number;
  readonly happen: () => void;
}

export async function memoryRun(
  { federation, setup, workers: claims }: Deployment,
  { intercept = () => undefined, restarts = true, drawsOther = false, ...options }: MemoryRunOptions = {},
): Promise<MemoryResult> {
  const { algorithm } = federation;
  if (algorithm.family !== 'federated') throw new TypeError('the recipe is of gossip');
  const queue: (() => void)[] = [];
  const later = (happen: () => void) => void queue.push(happen);
  const pending: Promise<void>[] = [];
  const timers = new Map<string, Timer>();
  let now = 0;
  const timersOf = (whose: string) => ({
    setTimer: (name: string, afterMs: number, happen: () => void) => {
      if (name !== UNHEARD) timers.set(`${whose} ${name}`, { at: now + afterMs, happen });
    },
    clearTimer: (name: string) => void timers.delete(`${whose} ${name}`),
  });

  const links = new Map<number, MemoryLink>();
  const trusted = new Set<number>();
  const events: RunEvent[] = [];
  const warnings: string[] = [];
  const counts: MemoryResult['counts'][number][] = [];
  let outcome: Pick<MemoryResult, 'weightsSha256' | 'isFinite'> = {
    weightsSha256: undefined,
    isFinite: false,
  };
  let exit: Extract<CoordinatorEffect, { kind: 'exit' }> | undefined;
  // With keys no worker can claim what is another's.
  const keys = claims.map((clients, index) => ({ clients, key: keyOf(index) }));
  const settings = { ...defaultSettings, workers: claims.length, keys };
  const make = options.coordinator ?? ((start: CoordinatorStart) => new Coordinator(start));
  const coordinator = make({ federation, algorithm, settings, members: newWorkerRecords('run', 'key') });
  const { setTimer, clearTimer } = timersOf('coordinator');

  const tell = (event: CoordinatorEvent) => {
    if (exit === undefined) perform(coordinator.handle(event, now));
  };
  const perform = (effects: readonly CoordinatorEffect[]) => {
    for (const effect of effects) act(effect);
  };
  const act = (effect: CoordinatorEffect) => {
    if (effect.kind === 'send') links.get(effect.connection)?.toWorker(effect.message);
    else if (effect.kind === 'close') {
      const { connection, reason, sentence } = effect;
      // Of these a host logs as many as it can bear.
      if (!trusted.has(connection) && !orderly.has(reason)) warnings.push(`a connection: ${sentence}`);
      links.get(connection)?.closeByCoordinator(reason, sentence);
    } else if (effect.kind === 'trust') {
      trusted.add(effect.connection);
      links.get(effect.connection)?.trust(settings.limits);
    } else if (effect.kind === 'setTimer') {
      setTimer(effect.name, effect.afterMs, () => {
        tell({ kind: 'timer', name: effect.name });
      });
    } else if (effect.kind === 'clearTimer') clearTimer(effect.name);
    else if (effect.kind === 'event') events.push(effect.event);
    else if (effect.kind === 'log' && effect.level === 'warn')
      warnings.push(`${effect.sentence} ${JSON.stringify(effect.fields ?? {})}`);
    else if (effect.kind === 'count') counts.push(effect);
    else if (effect.kind === 'exit') exit = effect;
    else if (effect.kind === 'finish') {
      const { weights, weightsSha256 } = effect.outcome;
      outcome = { weightsSha256, isFinite: weights.every(Number.isFinite) };
      later(() => {
        tell({ kind: 'finished' });
      });
    } else if (effect.kind === 'persistWorkers') {
      const { version } = effect.members;
      later(() => {
        tell({ kind: 'workersPersisted', version });
      });
    } else if (effect.kind === 'persistProgress') {
      later(() => {
        tell({ kind: 'progressPersisted', round: effect.round, tookMs: 0 });
      });
    } else if (effect.kind === 'evaluate') {
      const { round, on, model } = effect;
      const found = on.map((set) => {
        const sums = setup.engine.evaluate(model.model, model.weights, federation.heldOut(set));
        const { correct, lossSum, count } = sums;
        return {
          type: 'evaluation' as const,
          round,
          on: set,
          accuracy: correct / count,
          loss: lossSum / count,
        };
      });
      later(() => {
        tell({ kind: 'evaluated', round, events: found });
      });
    }
  };

  let opened = 0;
  const connect = (index: number) => (side: Side<'toWorker'>) => {
    const connection = ++opened;
    const link = new MemoryLink(
      later,
      {
        up: (message) => (index === 0 ? intercept(message, 'toCoordinator') : undefined),
        down: (message) => (index === 0 ? intercept(message, 'toWorker') : undefined),
      },
      {
        message: (message) => {
          tell({ kind: 'message', connection, message });
        },
        broken: (reason, sentence) => {
          tell({ kind: 'broken', connection, reason, sentence });
        },
        closed: (code) => {
          links.delete(connection);
          tell({ kind: 'closed', connection, code });
        },
      },
      side,
    );
    links.set(connection, link);
    tell({ kind: 'connected', connection });
    return link;
  };
  const workers = claims.map(
    (clients, index) =>
      new MemoryWorker({
        setup,
        clients,
        key: keyOf(index),
        connect: connect(index),
        later,
        await: (computation) => void pending.push(computation),
        ...timersOf(`worker ${index}`),
        now: () => now,
        drawsOther: drawsOther && index === 0,
      }),
  );

  const isOver = () => exit !== undefined && workers.every((worker) => worker.exit !== undefined);
  perform(coordinator.start(now));
  for (const worker of workers) worker.start();
  let started = 0;
  let isStuck = false;
  let insider = '';
  for (let happened = 0; !isOver(); happened++) {
    if (happened === MOST_EVENTS) {
      isStuck = true;
      break;
    }
    insider ||= workers[0].identity?.worker ?? '';
    await Promise.all(pending.splice(0));
    const next = queue.shift();
    if (next !== undefined) {
      next();
      continue;
    }
    const due = [...timers].sort(([, a], [, b]) => a.at - b.at).at(0);
    if (due !== undefined) {
      const [name, { at, happen }] = due;
      timers.delete(name);
      now = Math.max(now, at);
      happen();
    } else if (restarts && started < MOST_RESTARTS && outcome.weightsSha256 === undefined) {
      started++;
      workers[0].start();
    } else {
      isStuck = true;
      break;
    }
  }
  await Promise.all(workers.map((worker) => worker.close()));
  return {
    ...outcome,
    events,
    error: exit?.error,
    isStuck,
    warnings,
    counts,
    exits: workers.map((worker) => worker.exit),
    logs: workers.map(({ log }) => log),
    insider,
  };
}
