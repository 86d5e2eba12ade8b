/** Run directories that are one process's: a lock is taken before anything is read or written, and checked before every write. */
import { join } from 'node:path';
import type { Dependencies, Recipe } from '../../recipe/index.js';
import { makeFolder } from './atomic-file.js';
import type { RunRecord } from '../index.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';
import { describeHolder, describeWait, FolderLock, LockedError } from './folder-lock.js';
import { RunDirectoryError } from '../index.js';
import { LOCK, RunDirectory } from './run-directory.js';

/** Another process uses a run's directory. */
export class RunInUseError extends RunDirectoryError {
  override name = 'RunInUseError';
}

/** A run's directory that is this process's until it is closed. */
export interface OpenedRun {
  readonly directory: RunDirectory;
  /** What the run's last checkpoint had. */
  readonly content?: unknown;
  /** The record of a run that is finished. */
  readonly finished?: RunRecord;
  close(): void;
}

/** Called with a sentence if it takes a while to find out whether a process of another machine still uses the directory. */
export type OnWait = (sentence: string) => void;

/**
 * A fresh directory: `path`, or runs/NAME-HASH8-N with the first N that is free.
 * @throws RunDirectoryError if the directory is another process's, or holds something
 */
export async function createRun(
  recipe: Recipe,
  path: string | undefined,
  dependencies: Dependencies,
  onWait?: OnWait,
): Promise<OpenedRun> {
  if (path === undefined) {
    // A folder that is new is nobody else's.
    const directory = RunDirectory.create(recipe, path, dependencies);
    const lock = await acquire(directory.path, onWait);
    return opened({ directory }, lock);
  }
  RunDirectory.refuseContent(path);
  const made = makeFolder(path);
  const lock = await acquire(path, onWait).catch((error: unknown) => {
    if (made !== undefined && !(error instanceof RunInUseError)) nodeFileSystem.remove(made);
    throw error;
  });
  try {
    const directory = RunDirectory.create(recipe, path, dependencies, guarded(path, lock), made);
    return opened({ directory }, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens an existing directory to go on with its run.
 * @param options.redo see `RunDirectory.resume`
 * @throws RunDirectoryError if the directory is another process's, or does not fit
 */
export async function resumeRun(
  recipe: Recipe,
  path: string,
  dependencies: Dependencies,
  {
    redo = false,
    onWait,
  }: { readonly redo?: boolean | undefined; readonly onWait?: OnWait | undefined } = {},
): Promise<OpenedRun> {
  // A finished run is only read; its directory may allow nothing else.
  if (!redo && (RunDirectory.isFinished(path) || !RunDirectory.exists(path))) {
    return opened(RunDirectory.resume(recipe, path, dependencies), undefined);
  }
  const lock = await acquire(path, onWait);
  try {
    return opened(RunDirectory.resume(recipe, path, dependencies, redo, guarded(path, lock)), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function opened(run: Omit<OpenedRun, 'close'>, lock: FolderLock | undefined): OpenedRun {
  return {
    ...run,
    close() {
      try {
        run.directory.close();
      } finally {
        lock?.release();
      }
    },
  };
}

async function acquire(path: string, onWait: OnWait | undefined): Promise<FolderLock> {
  try {
    return await FolderLock.acquire(join(path, LOCK), (holder) => {
      onWait?.(describeWait(path, holder));
    });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new RunInUseError(
      `${path} is in use by ${describeHolder(error.holder)}: wait for its end or stop it, or name another folder with --out`,
    );
  }
}

const guarded = (path: string, lock: FolderLock): FileSystem =>
  lock.guard(
    nodeFileSystem,
    () =>
      new RunInUseError(
        `${path} was taken over by another process while this one did not run for more than half a minute; it ends here`,
      ),
  );
