/**
 * One history of a federation under faults: coordinator and workers, the very classes that serve and join host, on a
 * virtual clock and an in-memory network, with crashes between any two effects. It must end as though nothing had been.
 */
import { Worker, type WorkerStart } from '../../client/index.js';
import { WorkerStore } from '../../client/host/index.js';
import { createExecutor, EffectRunner } from '../../execution/host/index.js';
import { update, type Executor } from '../../execution/index.js';
import { wasmEngine, type Engine } from '../../learning/index.js';
import { canonicalJson, drawInteger, stream } from '../../numerics/index.js';
import {
  buildFederation,
  dependenciesOf,
  type Dependencies,
  type Federation,
  type Recipe,
} from '../../recipe/index.js';
import {
  Coordinator,
  defaultSettings,
  GossipCoordinator,
  type CoordinatorStart,
  type GossipStart,
} from '../../server/index.js';
import { RunDirectory } from '../../records/host/index.js';
import { RunDirectoryError, traceOf, type RunEvent } from '../../records/index.js';
import { hostFederated } from '../../simulator/federated-host.js';
import { hostGossip } from '../../simulator/gossip-host.js';
import { simulate } from '../../simulator/simulate.js';
import { SimulatedCoordinator, type Result } from './simulated-coordinator.js';
import type { FaultCounts } from './disk-faults.js';
import type { InjectedBug } from './injected-bugs.js';
import { nodeEnvironment, type NodeEnvironment } from './simulated-nodes.js';
import type { Listeners } from './simulated-peers.js';
import { SimulatedWorker, type Claim, type WorkerEnvironment } from './simulated-worker.js';
import { SimulatedNetwork } from './simulated-network.js';

/** A recipe with what an undisturbed run of it ends in; none where who counts depends on who is fast. */
export interface FaultScenario {
  readonly federation: Federation;
  readonly expected: Result | undefined;
  readonly workerDependencies: Omit<WorkerEnvironment, 'make' | 'Runner' | 'Store'>;
  readonly dependencies: Dependencies;
  readonly executor: Executor;
  /** Of the workers. */
  readonly nodeEnvironments: readonly NodeEnvironment[];
}

export interface FaultRunOptions {
  /** How many workers there are; left out, drawn. */
  readonly workers?: number;
  /** Whether the simulator is to end in the same by the run's trace, where it does without one too. */
  readonly checksReplay?: boolean;
  readonly bug?: InjectedBug;
  /** Other classes than the real ones: with mistakes that must be found. */
  readonly coordinator?: (start: CoordinatorStart) => Coordinator;
  readonly gossip?: (start: GossipStart) => GossipCoordinator;
  readonly worker?: (start: WorkerStart) => Worker;
  readonly RunDirectory?: typeof RunDirectory;
  readonly WorkerStore?: typeof WorkerStore;
  readonly EffectRunner?: typeof EffectRunner;
  /** Told how far the history came, what befell it, and of the run. */
  readonly onEnd?: (
    end: { readonly now: number; readonly events: number; readonly counts: FaultCounts },
    result?: Result,
  ) => void;
}

export async function faultScenario(recipe: Recipe): Promise<FaultScenario> {
  const { deadline, overSelection } = recipe.network;
  const isTold = (deadline ?? overSelection) === undefined && recipe.schedule.kind === 'synchronous';
  const expected = isTold ? await undisturbed(recipe) : undefined;
  const federation = buildFederation(recipe);
  const engine = wasmEngine();
  return {
    federation,
    expected,
    workerDependencies: { federation, engine, update: updateFunction(federation, engine) },
    dependencies: dependenciesOf(federation),
    executor: createExecutor(federation, { threads: 1 }),
    nodeEnvironments: Array.from({ length: MAX_WORKERS }, () => nodeEnvironment(federation)),
  };
}

function updateFunction(federation: Federation, engine: Engine): WorkerEnvironment['update'] {
  if (federation.algorithm.family === 'federated') {
    return update.prepare(federation, engine, { index: 0, memories: [] });
  }
  return () => {
    throw new TypeError('gossip nodes are not asked for updates');
  };
}

async function undisturbed(recipe: Recipe): Promise<Result> {
  const { record, events } = await simulate(recipe, { threads: 1 });
  return { weightsSha256: record.weightsSha256, events };
}

const MAX_WORKERS = 4;
/** Of the workers, those that others can reach: messages of gossip go directly to them, and to the rest by the coordinator. */
const LISTENING_PROBABILITY = 0.5;
/** A history that is longer does not end. */
const MAX_EVENTS = 10_000;

/** @returns what was wrong; nothing where all is well */
export async function faultRun(
  { federation, expected, workerDependencies, dependencies, executor, nodeEnvironments }: FaultScenario,
  seed: number,
  options: FaultRunOptions = {},
): Promise<string | undefined> {
  const { bug } = options;
  const network = new SimulatedNetwork(seed);
  const violations: string[] = [];
  const fail = (violation: string) => void violations.push(violation);
  const makers = {
    federated: options.coordinator ?? ((start: CoordinatorStart) => new Coordinator(start)),
    gossip: options.gossip ?? ((start: GossipStart) => new GossipCoordinator(start)),
  };
  const makeWorker = options.worker ?? ((start: WorkerStart) => new Worker(start));
  const claimed = claims(federation.partition.clients, seed, options.workers);
  const settings = { ...defaultSettings, workers: claimed.length };
  const run = { federation, settings, dependencies, engine: workerDependencies.engine };
  const Runner = options.EffectRunner ?? EffectRunner;
  const classes = { Runner, Directory: options.RunDirectory ?? RunDirectory };
  const coordinator = new SimulatedCoordinator(network, run, executor, { ...makers, ...classes }, bug, fail);
  const listeners: Listeners = new Map();
  const listens = stream(seed, 'listens');
  const workers = claimed.map(
    (claim, index) =>
      new SimulatedWorker(
        network,
        { ...workerDependencies, make: makeWorker, Runner, Store: options.WorkerStore ?? WorkerStore },
        coordinator,
        claim,
        nodeEnvironments[index],
        { listeners, address: listens() < LISTENING_PROBABILITY ? `ws://worker-${index}` : undefined },
        bug,
        fail,
      ),
  );
  coordinator.start();
  for (const worker of workers) worker.start();
  const isOver = () => violations.length > 0 || (coordinator.isFinished && workers.every(hasLeft));
  // Who has no part in the run, or no more, may come too late.
  const hasLeft = ({ hasEnded, name }: SimulatedWorker) => hasEnded || !(name && coordinator.awaited(name));
  let result: Result | undefined;
  try {
    if (!(await network.run(isOver, MAX_EVENTS))) {
      return `it is not over after ${network.events} events, at ${(network.now / 1000).toFixed(0)} s`;
    }
    ({ result } = coordinator);
  } catch (error) {
    return `something was thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  options.onEnd?.(network, result);
  return (
    violations.at(0) ??
    (expected && compare(result, expected)) ??
    (expected === undefined || options.checksReplay === true
      ? await compareReplayed(result, federation, executor)
      : undefined) ??
    bounded(federation, workers)
  );
}

function compare(result: Result | undefined, expected: Result): string | undefined {
  if (result?.weightsSha256 !== expected.weightsSha256) return 'the weights are other ones';
  const [told, awaited] = [result.events.map(withoutWays), expected.events].map((events) =>
    events.map(canonicalJson),
  );
  const differs = awaited.findIndex((event, index) => told.at(index) !== event);
  if (differs >= 0) return `an event is ${told.at(differs) ?? 'missing'}, not ${awaited[differs]}`;
  return told.length === awaited.length ? undefined : `there is an event more: ${told[awaited.length]}`;
}

/** The simulator, told who counted, must end in the same. */
async function compareReplayed(
  result: Result | undefined,
  federation: Federation,
  executor: Executor,
): Promise<string | undefined> {
  const { algorithm } = federation;
  if (result === undefined) return 'there is no result';
  const trace = traceOf(result.events);
  const hosted =
    algorithm.family === 'federated'
      ? hostFederated(federation, algorithm, executor, undefined, trace)
      : // Its vectors lie in memory of its own.
        hostGossip(federation, algorithm, createExecutor(federation, { threads: 1 }), undefined, trace);
  const events: RunEvent[] = [];
  try {
    for await (const step of hosted.advance()) events.push(...step.events);
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    return error.message;
  }
  const { weightsSha256 } = hosted.outcome();
  const counted = result.events.filter(({ type }) => type !== 'return');
  return compare({ ...result, events: counted.map(withoutReasons) }, { weightsSha256, events });
}

/** Why a client is missing the simulator cannot know. */
function withoutReasons(event: RunEvent): RunEvent {
  if (event.type !== 'round') return event;
  const { why, ...others } = event;
  return others;
}

/** How messages went between workers, and what happened at nodes, the simulator does not tell. */
function withoutWays(event: RunEvent): RunEvent {
  if (event.type !== 'round') return event;
  const { bytesRelayed, bytesDirect, trace, ...others } = event;
  return others;
}

/** What the last kill left, and a file that could not be removed. */
const MOST_UNFINISHED = 2;

/** A client's states are kept back to the last checkpoint: never more than there were rounds. */
function bounded({ recipe, partition }: Federation, workers: readonly SimulatedWorker[]): string | undefined {
  const most = partition.clients * (recipe.rounds + 1);
  const worker = workers.find(({ storedStates: kept }) => kept > most);
  if (worker !== undefined) return `a worker keeps ${worker.storedStates} states`;
  const untidy = workers.find(({ incompleteFiles: unfinished }) => unfinished > MOST_UNFINISHED);
  return untidy && `a worker keeps ${untidy.incompleteFiles} unfinished files`;
}

/** One to four workers, that claim their clients by number, or all of them whichever are free. */
function claims(clients: number, seed: number, workers: number | undefined): Claim[] {
  const draw = stream(seed, 'claims');
  if (workers !== undefined) return Array.from({ length: workers }, () => undefined);
  if (draw() < 0.4) return Array.from({ length: 1 + drawInteger(draw, MAX_WORKERS) }, () => undefined);
  const cuts = new Set([0, ...Array.from({ length: 3 }, () => Math.floor(draw() * clients))]);
  const firsts = [...cuts].sort((a, b) => a - b);
  return firsts.map((first, index) => [first, (firsts.at(index + 1) ?? clients) - 1]);
}
