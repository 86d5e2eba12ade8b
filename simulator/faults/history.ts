/**
 * One history of a federation under faults: coordinator and workers, the very classes that serve and join host, on a
 * virtual clock and an in-memory network, with crashes between any two effects. It must end as though nothing had been.
 */
import { Worker, type WorkerStart } from '../../client/index.js';
import { createExecutor, update, type Executor } from '../../hosting/index.js';
import { wasmEngine } from '../../learning/index.js';
import { drawInteger, stream } from '../../numerics/index.js';
import { buildFederation, type Federation, type Recipe } from '../../recipe/index.js';
import { Coordinator, defaultSettings, type CoordinatorStart } from '../../server/index.js';
import { simulate } from '../simulate.js';
import { CoordinatorParty, type Result } from './coordinator-party.js';
import type { Mistake } from './mistakes.js';
import { WorkerParty, type Claim, type Machinery } from './worker-party.js';
import { World } from './world.js';

/** A recipe with what an undisturbed run of it ends in. */
export interface Scenario {
  readonly federation: Federation;
  readonly expected: Result;
  readonly machinery: Omit<Machinery, 'make'>;
  readonly executor: Executor;
}

export interface HistoryOptions {
  readonly mistake?: Mistake;
  /** Other classes than the real ones: with mistakes that must be found. */
  readonly coordinator?: (start: CoordinatorStart) => Coordinator;
  readonly worker?: (start: WorkerStart) => Worker;
  /** Told how far the history came. */
  readonly onEnd?: (end: { readonly now: number; readonly events: number }) => void;
}

export async function scenario(recipe: Recipe): Promise<Scenario> {
  const { record, events } = await simulate(recipe, { threads: 1 });
  const federation = buildFederation(recipe);
  const engine = wasmEngine();
  return {
    federation,
    expected: { weightsSha256: record.weightsSha256, events },
    machinery: { federation, engine, update: update.prepare(federation, engine, { index: 0, memories: [] }) },
    executor: createExecutor(federation, { threads: 1 }),
  };
}

/** A history that is longer does not end. */
const MOST_EVENTS = 10_000;

/** @returns what was wrong; nothing where all is well */
export async function history(
  { federation, expected, machinery, executor }: Scenario,
  seed: number,
  options: HistoryOptions = {},
): Promise<string | undefined> {
  const { mistake } = options;
  const world = new World(seed);
  const violations: string[] = [];
  const fail = (violation: string) => void violations.push(violation);
  const makeCoordinator = options.coordinator ?? ((start: CoordinatorStart) => new Coordinator(start));
  const makeWorker = options.worker ?? ((start: WorkerStart) => new Worker(start));
  const claimed = claims(federation.partition.clients, seed);
  const settings = { ...defaultSettings, workers: claimed.length };
  const coordinator = new CoordinatorParty(
    world,
    { federation, settings },
    executor,
    makeCoordinator,
    mistake,
    fail,
  );
  const workers = claimed.map(
    (claim) => new WorkerParty(world, { ...machinery, make: makeWorker }, coordinator, claim, mistake, fail),
  );
  coordinator.start();
  for (const worker of workers) worker.start();
  const isOver = () => violations.length > 0 || coordinator.result !== undefined;
  try {
    if (!(await world.run(isOver, MOST_EVENTS))) {
      return `it is not over after ${world.events} events, at ${(world.now / 1000).toFixed(0)} s`;
    }
  } catch (error) {
    return `something was thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  options.onEnd?.(world);
  return violations.at(0) ?? compare(coordinator.result, expected) ?? bounded(federation, workers);
}

function compare(result: Result | undefined, expected: Result): string | undefined {
  if (result?.weightsSha256 !== expected.weightsSha256) return 'the weights are other ones';
  const [told, awaited] = [result.events, expected.events].map((events) =>
    events.map((e) => JSON.stringify(e)),
  );
  const differs = awaited.findIndex((event, index) => told.at(index) !== event);
  if (differs >= 0) return `an event is ${told.at(differs) ?? 'missing'}, not ${awaited[differs]}`;
  return told.length === awaited.length ? undefined : `there is an event more: ${told[awaited.length]}`;
}

/** A client's states are kept back to the last checkpoint: never more than there were exchanges. */
function bounded({ recipe, partition }: Federation, workers: readonly WorkerParty[]): string | undefined {
  const most = partition.clients * (recipe.rounds + 1);
  const worker = workers.find(({ kept }) => kept > most);
  return worker && `a worker keeps ${worker.kept} states`;
}

/** One to four workers, that claim their clients by number, or all of them whichever are free. */
function claims(clients: number, seed: number): Claim[] {
  const draw = stream(seed, 'claims');
  if (draw() < 0.4) return Array.from({ length: 1 + drawInteger(draw, 4) }, () => undefined);
  const cuts = new Set([0, ...Array.from({ length: 3 }, () => Math.floor(draw() * clients))]);
  const firsts = [...cuts].sort((a, b) => a - b);
  return firsts.map((first, index) => [first, (firsts.at(index + 1) ?? clients) - 1]);
}
