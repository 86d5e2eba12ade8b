/** Turns an error into a sentence on the standard error output and an exit code. */
import { CommanderError } from 'commander';
import { FeatureError, PartitionError } from '../data/index.js';
import { DownloadInterruptedError } from '../data/host/index.js';
import {
  ConnectionError,
  DivergedError,
  explained,
  isSystemError,
  NobodyAnsweredError,
  RunFailedError,
  SystemError,
  ThreadEndedError,
  UpdateFailedError,
  UserError,
} from '../errors/index.js';
import { CodecRangeError } from '../protocol/index.js';
import { RecipeError } from '../recipe/index.js';
import { InterruptedError } from '../simulator/index.js';
import { exitCode } from './exit-codes.js';
import { WorkerLostError } from './worker-processes.js';

const badInput = [UserError, CodecRangeError, RecipeError, PartitionError, FeatureError];

/** A worker exits with what its coordinator exits with. */
const failedRun = {
  diverged: exitCode.diverged,
  runFailed: exitCode.failure,
  unreachable: exitCode.inputOutput,
} as const satisfies Record<RunFailedError['reason'], number>;

/** @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has said already what was wrong, or printed the help or the version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput;
  const [message, code] = describe(error);
  process.stderr.write(`murmur: ${message}\n`);
  return code;
}

function describe(error: unknown): [message: string, code: number] {
  if (!(error instanceof Error)) return [String(error), exitCode.failure];
  if (badInput.some((kind) => error instanceof kind)) return [error.message, exitCode.badInput];
  if (error instanceof DivergedError) return [error.message, exitCode.diverged];
  if (error instanceof RunFailedError) return [error.message, failedRun[error.reason]];
  if (error instanceof NobodyAnsweredError || error instanceof ThreadEndedError) {
    return [error.message, exitCode.failure];
  }
  if (error instanceof WorkerLostError) return [error.message, error.code];
  if (error instanceof InterruptedError) return [error.message, exitCode.interrupted];
  if (error instanceof UpdateFailedError) {
    const [message, code] = describe(error.cause);
    return [`round ${error.round}, client ${error.client}: ${message}`, code];
  }
  if (
    error instanceof ConnectionError ||
    error instanceof SystemError ||
    error instanceof DownloadInterruptedError
  ) {
    return [error.message, exitCode.inputOutput];
  }
  if (isSystemError(error)) return [explained(error).message, exitCode.inputOutput];
  // A plain Error is a sentence that some part of the library wrote for its user; other kinds are mistakes in it.
  if (error.constructor === Error) return [error.message, exitCode.badInput];
  return [error.stack ?? error.message, exitCode.failure];
}
