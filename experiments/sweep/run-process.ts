/**
 * The program of a child process that does one run of a sweep. It ends with the sweep's process, however that ends;
 * what it has not written to a checkpoint is run again.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors/index.js';
import {
  differingBits,
  differingFile,
  dependenciesOf,
  loadPlugins,
  type Federation,
} from '../../recipe/index.js';
import { isHeld, RunInUseError } from '../../records/host/index.js';
import { RunDirectoryError } from '../../records/index.js';
import { expectedMemory, InterruptedError, simulate, type SimulateResult } from '../../simulator/index.js';
import type { FromRun, RunTask, ToRun } from './messages.js';

class LockLostError extends Error {}

const stop = new AbortController();
let go: () => void;
const admitted = new Promise<void>((resolve) => (go = resolve));

const tell = (message: FromRun) => new Promise((sent) => process.send?.(message, sent));

// Ctrl-C and SIGTERM reach a sweep's whole group of processes: it is the sweep that says what becomes of its runs.
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToRun) => {
  if (message.type === 'stop') stop.abort();
  if (message.type !== 'run') go();
  else void perform(message).then(() => process.exit());
});

async function perform(task: RunTask): Promise<void> {
  try {
    await loadPlugins(task.plugins);
    const { record } = await run(task);
    await tell({ type: 'finished', record });
  } catch (error) {
    if (error instanceof InterruptedError) await tell({ type: 'stopped' });
    else if (error instanceof LockLostError || error instanceof RunInUseError) await tell({ type: 'lost' });
    else await tell({ type: 'failed', message: sentence(error) });
  }
}

async function run(task: RunTask): Promise<SimulateResult> {
  const { recipe, directory, threads, plugins } = task;
  let accuracy: number | undefined;
  /** Looks at the sweep's lock between any two writes of this process. */
  const check = () => {
    if (!isHeld(task.lock)) throw new LockLostError();
  };
  const start = (resume: boolean) => {
    check();
    if (!resume) rmSync(directory, { recursive: true, force: true });
    return simulate(recipe, {
      out: directory,
      resume,
      threads,
      plugins,
      signal: stop.signal,
      async onStart(federation, begun) {
        refuseOther(task, federation, () => begun?.discard());
        await tell({ type: 'ready', memoryMiB: expectedMemory(federation, threads) });
        await admitted;
        if (stop.signal.aborted) throw new InterruptedError('stopped before it began');
      },
      onEvent(event) {
        check();
        if (event.type === 'evaluation') accuracy = event.accuracy;
        const known = accuracy === undefined ? {} : { accuracy };
        void tell({ type: 'progress', round: event.round, ...known });
      },
    });
  };
  try {
    return await start(existsSync(join(directory, 'recipe.yaml')));
  } catch (error) {
    // A checkpoint that cannot be read: the run is done anew.
    if (error instanceof RunDirectoryError && !(error instanceof RunInUseError)) return start(false);
    throw error;
  }
}

/** @throws UserError where the run would depend on something else than the sweep says: a file has changed, or is another here */
function refuseOther({ dependencies, plugins }: RunTask, federation: Federation, undo: () => void): void {
  const [sweep, here] = [dependencies, dependenciesOf(federation, plugins)];
  const other =
    differingFile(
      { at: 'where the sweep was started', checksums: sweep.checksums },
      { at: 'here', checksums: here.checksums },
    ) ??
    differingBits({ at: 'where the sweep was started', bits: sweep.bits }, { at: 'here', bits: here.bits });
  if (other === undefined) return;
  undo();
  throw new UserError(`${other}; this run would not go with the others: start the sweep again`);
}

/** A plain Error is a sentence for its reader; other kinds are mistakes, and their stack tells more. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isMistake = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return isMistake ? (error.stack ?? error.message) : error.message;
}
