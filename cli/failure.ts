/** Turns an error into a sentence on the standard error output and an exit code. */
import { PartitionError } from '../data/index.js';
import { RecipeError } from '../recipe/index.js';
import { RunDirectoryError } from '../runs/index.js';
import { DivergedError, InterruptedError } from '../simulator/index.js';
import { exitCode } from './exit-codes.js';

const badInput = [RecipeError, RunDirectoryError, PartitionError];

export function reportFailure(error: unknown): number {
  const [message, code] = describe(error);
  process.stderr.write(`murmur: ${message}\n`);
  return code;
}

function describe(error: unknown): [string, number] {
  if (!(error instanceof Error)) return [String(error), exitCode.failure];
  if (badInput.some((kind) => error instanceof kind)) return [error.message, exitCode.badInput];
  if (error instanceof DivergedError) return [error.message, exitCode.diverged];
  if (error instanceof InterruptedError) return [error.message, exitCode.interrupted];
  if (isSystemError(error)) return [systemSentence(error), exitCode.inputOutput];
  // A plain Error is a sentence that some part of the library wrote for its user; other kinds are mistakes in it.
  if (error.constructor === Error) return [error.message, exitCode.badInput];
  return [error.stack ?? error.message, exitCode.failure];
}

const isSystemError = (error: Error): error is NodeJS.ErrnoException => 'code' in error && 'syscall' in error;

function systemSentence(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOSPC') {
    return 'the disk is full. What was written before is unharmed: free some space and go on with --resume';
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') return `no permission for ${error.path ?? 'a file'}`;
  return error.message;
}
