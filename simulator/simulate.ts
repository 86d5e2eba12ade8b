/** Runs a recipe in one process: the simulator's door. */
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { localDataClients } from '../data/index.js';
import { createExecutor } from '../execution/host/index.js';
import { describeRun } from '../records/host/index.js';
import { DivergedError } from '../errors/index.js';
import type { Executor } from '../execution/index.js';
import type { GossipCheckpoint } from '../gossip/index.js';
import type { HostedRun } from '../rounds/index.js';
import { engineFor, type EngineOptions } from '../learning/host/index.js';
import {
  buildFederation,
  dependenciesOf,
  RecipeError,
  refuseUnshared,
  type Dependencies,
  type Federation,
  type Recipe,
} from '../recipe/index.js';
import {
  createRun,
  readEvents,
  readTrace,
  resumeRun,
  type RunDirectory,
  type OnWait,
  type OpenedRun,
} from '../records/host/index.js';
import type { RunEvent, RunRecord, Trace } from '../records/index.js';
import { hostFederated, type FederatedCheckpoint } from './federated-host.js';
import { hostGossip } from './gossip-host.js';
import { refuseWhatDoesNotFit } from './memory.js';

export interface SimulateOptions {
  /** Worker threads; they never change a result. Default: the machine's cores, as far as there is work. */
  readonly threads?: number;
  /** The run's directory: a path, true for the default runs/NAME-HASH8-N, left out for none at all. */
  readonly out?: string | true;
  /** Go on with the run that `out` holds. */
  readonly resume?: boolean;
  /** With `resume`: does the run again where its data, files, plugins or bits have changed since it began. */
  readonly redo?: boolean;
  readonly onEvent?: (event: RunEvent) => void;
  /** Called once, before training, with what is known then; training waits for it. */
  readonly onStart?: (federation: Federation, directory: RunDirectory | undefined) => void | Promise<void>;
  /** Called if it takes a while to find out whether a process of another machine still uses the directory. */
  readonly onWait?: OnWait;
  /** Stops the run after the round under way; its checkpoint is written first. */
  readonly signal?: AbortSignal;
  /** Modules with entries of the user's own, loaded in every thread. */
  readonly plugins?: readonly string[];
  /** The directory of a run over a network: the same clients count in each round, the same happens at each node. */
  readonly replay?: string;
  /** How the engine computes; no bit depends on it. For measurements. */
  readonly engine?: EngineOptions;
}

export interface SimulateResult {
  readonly record: RunRecord;
  readonly directory?: string;
  /** All events of the run, also those from before a resumption. */
  readonly events: readonly RunEvent[];
  /** Set where `resume` met a run that was finished already. */
  readonly alreadyFinished?: true;
}

/** The run was stopped from outside; it can be resumed where it has a directory. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/**
 * Simulates a recipe to its end.
 * @throws RecipeError, RunDirectoryError, DivergedError, InterruptedError: each says what to do
 */
export async function simulate(recipe: Recipe, options: SimulateOptions = {}): Promise<SimulateResult> {
  refuseOwnData(recipe);
  const threads = options.threads ?? availableParallelism();
  if (threads > 1) {
    const instead = ', or simulate with threads: 1';
    refuseUnshared(recipe, options.plugins ?? [], { who: 'other threads', instead });
  }
  const federation = buildFederation(recipe);
  const dependencies = dependenciesOf(federation, options.plugins);
  const resumed = options.resume === true ? await resume(recipe, options, dependencies) : undefined;
  if (resumed?.finished) {
    const { path } = resumed.directory;
    return { record: resumed.finished, directory: path, events: readEvents(path), alreadyFinished: true };
  }
  try {
    return await perform(recipe, federation, dependencies, resumed, { ...options, threads });
  } finally {
    resumed?.close();
  }
}

async function perform(
  recipe: Recipe,
  federation: Federation,
  dependencies: Dependencies,
  resumed: OpenedRun | undefined,
  options: SimulateOptions & { readonly threads: number },
): Promise<SimulateResult> {
  const { threads } = options;
  refuseWhatDoesNotFit(federation, threads);
  const trace = options.replay === undefined ? undefined : readTrace(options.replay, recipe, dependencies);
  // Before anything is written: TensorFlow.js may not be installed, or not have the model's layers.
  const engine = await engineFor(recipe.engine, federation.model, {
    ...options.engine,
    objective: federation.objective,
  });
  const opened = resumed ?? (await createDirectory(recipe, options, dependencies));
  const directory = opened?.directory;
  const startedAt = performance.now();
  let executor: Executor | undefined;
  try {
    executor = createExecutor(federation, options);
    await options.onStart?.(federation, directory);
    const content = opened?.content;
    const earlier = directory && content !== undefined ? readEvents(directory.path) : [];
    const hosted = host(federation, executor, content, trace);
    const { events, ended } = await run(hosted, recipe, directory, options);
    const outcome = hosted.outcome();
    const all = [...earlier, ...events];
    const record = describeRun(federation, {
      outcome,
      engine,
      rounds: hosted.rounds,
      ended,
      events: all,
      threads,
      wallSeconds: (performance.now() - startedAt) / 1000,
      dependencies,
    });
    directory?.finish(record, { values: outcome.weights, manifest: outcome.model.manifest });
    return { record, events: all, ...(directory && { directory: directory.path }) };
  } catch (error) {
    if (error instanceof DivergedError) directory?.diverge(error);
    else if (!(error instanceof InterruptedError)) directory?.discard();
    throw error;
  } finally {
    opened?.close();
    await executor?.close();
  }
}

function refuseOwnData(recipe: Recipe): void {
  if (localDataClients(recipe.data.partition) === undefined) return;
  throw new RecipeError(
    'the clients of this recipe bring their own data, which are not here: run it with murmur serve, and murmur join --data for each',
  );
}

function resume(recipe: Recipe, { out, redo, onWait }: SimulateOptions, dependencies: Dependencies) {
  if (typeof out !== 'string') throw new RecipeError('--resume needs the run to go on with: --out DIR');
  return resumeRun(recipe, out, dependencies, { redo, onWait });
}

async function createDirectory(
  recipe: Recipe,
  { out, onWait }: SimulateOptions,
  dependencies: Dependencies,
): Promise<OpenedRun | undefined> {
  if (out === undefined) return undefined;
  return createRun(recipe, out === true ? undefined : out, dependencies, onWait);
}

/** A checkpoint may take at most this share of the wall time. */
const CHECKPOINT_SHARE = 0.05;

/** The host for the family of the recipe's algorithm; a checkpoint is of the family that it was made by. */
function host(
  federation: Federation,
  executor: Executor,
  checkpoint: unknown,
  trace: Trace | undefined,
): HostedRun {
  const { algorithm } = federation;
  return algorithm.family === 'federated'
    ? hostFederated(federation, algorithm, executor, checkpoint as FederatedCheckpoint | undefined, trace)
    : hostGossip(federation, algorithm, executor, checkpoint as GossipCheckpoint | undefined, trace);
}

async function run(
  hosted: HostedRun,
  recipe: Recipe,
  directory: RunDirectory | undefined,
  { onEvent, signal }: SimulateOptions,
): Promise<{ events: RunEvent[]; ended: RunRecord['ended'] }> {
  const events: RunEvent[] = [];
  let savedAt = performance.now();
  let cost = 0;
  const save = () => {
    const before = performance.now();
    const content = hosted.checkpoint();
    if (content !== undefined) directory?.checkpoint(content);
    savedAt = performance.now();
    cost = savedAt - before;
    return content !== undefined;
  };
  for await (const step of hosted.advance()) {
    for (const event of step.events) {
      directory?.append(event);
      events.push(event);
      onEvent?.(event);
    }
    if (step.ended) return { events, ended: step.ended };
    if (signal?.aborted) {
      const isKept = save();
      throw new InterruptedError(interruption(hosted.rounds, directory, isKept));
    }
    const wait = Math.max(recipe.checkpoint.seconds * 1000, cost / CHECKPOINT_SHARE);
    if (performance.now() - savedAt >= wait) save();
  }
  return { events, ended: 'done' };
}

function interruption(rounds: number, directory: RunDirectory | undefined, isKept: boolean): string {
  const stopped = `stopped after round ${rounds}`;
  if (!directory) return `${stopped}; the run had no directory, so it cannot be resumed`;
  if (!isKept) return `${stopped}; its models are too large to be checkpointed, so --resume starts it again`;
  return `${stopped}; go on with --resume --out ${directory.path}`;
}
