/** What became of runs in which one message is replaced by a mutation of it. */
import { isDeepStrictEqual } from 'node:util';
import { createExecutor } from '../../execution/host/index.js';
import {
  decodeFrame,
  encodeFrame,
  ProtocolError,
  type Message,
  type MessageKind,
} from '../../protocol/index.js';
import { traceOf, type RunEvent } from '../../records/index.js';
import { hostFederated } from '../../simulator/federated-host.js';
import type { InsiderScenario, Target } from './insider-scenarios.js';
import { memoryRun, type MemoryResult, type MemoryRunOptions } from './memory-run.js';
import { mutationsOf, type Mutation } from './message-mutations.js';

export interface MutatedRun {
  /** What was mutated and how, e.g. `update steps: one more`. */
  readonly name: string;
  /** Whether weights and metrics are those of the undisturbed run. */
  readonly isSame: boolean;
  /** Whether the coordinator's log and its counts, or the insider's own log, say what was wrong. */
  readonly isTold: boolean;
  /** What is wrong whatever was sent: an honest worker failed, the run has no outcome, or no finite one. */
  readonly violation: string | undefined;
}

export interface Selection {
  /** Another coordinator than the real one. */
  readonly coordinator?: MemoryRunOptions['coordinator'] | undefined;
  /** Whether a mutation is tried; left out, all are. */
  readonly wanted?: (name: string) => boolean;
  /** Kinds of messages of which other runs have shown which frames are no messages: only the others are tried. */
  readonly refused?: ReadonlySet<MessageKind>;
}

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 20, tensors: 2 ** 10 };

function isMessage({ frame }: Mutation, way: Target['way']): boolean {
  try {
    decodeFrame(frame, way, LIMITS);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** The runs with each mutation of each target, one after another. */
export async function* mutatedRuns(
  { deployment, targets, options }: InsiderScenario,
  { wanted = () => true, refused = new Set(), coordinator }: Selection = {},
): AsyncGenerator<MutatedRun, void> {
  const undisturbed = await memoryRun(deployment, options);
  if (undisturbed.weightsSha256 === undefined) throw undisturbed.error ?? new Error('the run has no outcome');
  const skipped = new Set(refused);
  for (const target of targets) {
    const message = await targeted(deployment, target, options);
    for (const mutation of mutationsOf(message)) {
      const name = `${message.kind} ${mutation.field}: ${mutation.change}`;
      if (!wanted(name) || (skipped.has(message.kind) && !isMessage(mutation, target.way))) continue;
      const intercept = replacing(target, () => mutation.frame);
      const run = { ...options, ...(coordinator && { coordinator }), intercept };
      try {
        const result = await memoryRun(deployment, run);
        const isSame = sameRun(result, undisturbed) || (await isReplayed(result, deployment));
        const told = isTold(result, undisturbed, target);
        yield { name, isSame, isTold: told, violation: violationOf(result) };
      } catch (error) {
        const violation = `something was thrown: ${error instanceof Error ? error.stack : String(error)}`;
        yield { name, isSame: false, isTold: false, violation };
      }
    }
    skipped.add(message.kind);
  }
}

/** Replaces the target once. */
function replacing(
  { way, kind, nth, isExtra = false }: Target,
  by: (message: Message) => Uint8Array<ArrayBuffer>,
): NonNullable<MemoryRunOptions['intercept']> {
  let seen = 0;
  return (message, going) => {
    if (going !== way || message.kind !== kind || seen++ !== nth) return undefined;
    return [...(isExtra ? [encodeFrame(message)] : []), by(message)];
  };
}

/** The message that takes the target's place, as the undisturbed run has it. */
async function targeted(
  deployment: InsiderScenario['deployment'],
  target: Target,
  options: InsiderScenario['options'],
): Promise<Message> {
  let found: Message | undefined;
  const intercept = replacing(target, (message) => {
    found = target.instead?.(message) ?? message;
    return encodeFrame(message);
  });
  await memoryRun(deployment, { ...options, intercept });
  if (found === undefined) throw new Error(`the run has no message ${target.kind} ${target.nth}`);
  return found;
}

function sameRun(result: MemoryResult, undisturbed: MemoryResult): boolean {
  return (
    result.weightsSha256 === undisturbed.weightsSha256 && isDeepStrictEqual(result.events, undisturbed.events)
  );
}

/** Whether a run in which the order of arrivals counts has ended in what the simulator does, told of that order. */
async function isReplayed(
  { weightsSha256, events }: MemoryResult,
  { federation }: InsiderScenario['deployment'],
): Promise<boolean> {
  const { recipe, algorithm } = federation;
  if (recipe.schedule.kind !== 'buffered' || algorithm.family !== 'federated') return false;
  const executor = createExecutor(federation, { threads: 1 });
  const hosted = hostFederated(federation, algorithm, executor, undefined, traceOf(events));
  const replayed: RunEvent[] = [];
  for await (const step of hosted.advance()) replayed.push(...step.events);
  return hosted.outcome().weightsSha256 === weightsSha256 && isDeepStrictEqual(replayed, events);
}

/** Whether the coordinator names who sent it, or the worker says what it was sent. */
function isTold(result: MemoryResult, undisturbed: MemoryResult, { way }: Target): boolean {
  const { warnings, counts, insider, logs } = result;
  if (way === 'toWorker') return !isDeepStrictEqual(logs[0], undisturbed.logs[0]);
  const names = insider === '' ? ['a connection'] : ['a connection', `worker ${insider}`];
  return (
    names.some((name) => warnings.some((warning) => warning.includes(name))) &&
    counts.some(({ what, worker = insider }) => what !== 'accepted' && worker === insider)
  );
}

function violationOf({ exits, error, isStuck, isFinite }: MemoryResult): string | undefined {
  const [, ...honest] = exits;
  const failed = honest.find((exit) => exit?.isFailure !== false);
  if (error) return `the run has failed: ${error.message}`;
  if (isStuck) return 'nothing happens any more';
  if (failed || honest.includes(undefined))
    return `an honest worker gave up: ${failed?.sentence ?? 'it has not ended'}`;
  return isFinite ? undefined : 'the weights are not finite';
}
