/** What became of runs in which one message is replaced by a mutation of it. */
import { isDeepStrictEqual } from 'node:util';
import { encodeFrame, type Message } from '../../protocol/index.js';
import type { RunEvent } from '../../runs/index.js';
import type { InsiderScenario, Target } from './insider-scenarios.js';
import { memoryRun, type MemoryResult, type MemoryRunOptions } from './memory-run.js';
import { mutationsOf, type Mutation } from './message-mutations.js';

export interface MutatedRun {
  /** What was mutated and how, e.g. `update steps: one more`. */
  readonly name: string;
  readonly result: MemoryResult;
  /** Whether weights and metrics are those of the undisturbed run. */
  readonly isSame: boolean;
  /** Whether the coordinator's log and its counts, or the insider's own log, say what was wrong. */
  readonly isTold: boolean;
  /** What is wrong whatever was sent: an honest worker failed, the run has no outcome, or no finite one. */
  readonly violation: string | undefined;
}

/** The runs with each mutation of each target, one after another. */
export async function* mutatedRuns(
  { deployment, targets, options }: InsiderScenario,
  more: Pick<MemoryRunOptions, 'coordinator'> = {},
  wanted: (name: string) => boolean = () => true,
): AsyncGenerator<MutatedRun, void> {
  const undisturbed = await memoryRun(deployment, options);
  if (undisturbed.weightsSha256 === undefined) throw undisturbed.error ?? new Error('the run has no outcome');
  for (const target of targets) {
    const message = await targeted(deployment, target, options);
    for (const mutation of mutationsOf(message)) {
      const name = `${message.kind} ${mutation.field}: ${mutation.change}`;
      if (!wanted(name)) continue;
      const intercept = replacing(target, () => mutation.frame);
      const result = await memoryRun(deployment, { ...options, ...more, intercept });
      yield { name, result, ...judged(result, undisturbed, mutation) };
    }
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

function judged(
  result: MemoryResult,
  undisturbed: MemoryResult,
  _: Mutation,
): Pick<MutatedRun, 'isSame' | 'isTold' | 'violation'> {
  const { weightsSha256, events, warnings, counts, insider, logs } = result;
  return {
    isSame:
      weightsSha256 === undisturbed.weightsSha256 &&
      isDeepStrictEqual(events.map(plain), undisturbed.events.map(plain)),
    isTold:
      (warnings.some((warning) => warning.includes(insider === '' ? 'a connection' : `worker ${insider}`)) &&
        counts.some(
          ({ what, worker }) => what !== 'accepted' && (worker === undefined || worker === insider),
        )) ||
      !isDeepStrictEqual(logs[0], undisturbed.logs[0]),
    violation: violationOf(result),
  };
}

/** Without why somebody is missing. */
const plain = (event: RunEvent) => event;

function violationOf({ exits, error, isStuck, isFinite }: MemoryResult): string | undefined {
  const [, ...honest] = exits;
  const failed = honest.find((exit) => exit?.isFailure !== false);
  if (error) return `the run has failed: ${error.message}`;
  if (isStuck) return 'nothing happens any more';
  if (failed || honest.includes(undefined))
    return `an honest worker gave up: ${failed?.sentence ?? 'it has not ended'}`;
  return isFinite ? undefined : 'the weights are not finite';
}
