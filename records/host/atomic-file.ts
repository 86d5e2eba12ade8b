/** Files that are there whole or not at all, also when the process is killed or the disk is full. */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** How names of files end that are being written. */
const UNFINISHED = '.writing';

/** The permissions of a file that holds a secret: its owner reads it, nobody else. */
export const SECRET = 0o600;

/**
 * Writes beside the file, syncs, and renames.
 * @param mode the file's permissions, less what the process's umask takes away
 * @throws where the disk is full; an older file then stays
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
  files = nodeFileSystem,
): void {
  // Of another name each time: two processes that write the same file do not mix their bytes.
  const beside = `${path}.${randomUUID().slice(0, 8)}${UNFINISHED}`;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const file = files.open(beside, 'w', mode);
    try {
      writeAll(file, bytes, files);
      files.sync(file);
    } finally {
      files.close(file);
    }
    files.rename(beside, path);
  } catch (error) {
    tryToRemove(beside, files);
    throw naming(path, error);
  }
  syncFolder(dirname(path), files);
}

/** A disk that fills up takes a part first. */
export function writeAll(file: number, bytes: Uint8Array, files: FileSystem): void {
  for (let at = 0; at < bytes.length;) at += files.write(file, bytes, at);
}

/** An error of the operating system's says which file it is about, also where only an open one was written. */
export function naming(path: string, error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? Object.assign(error, { path }) : error;
}

/** Removes a file, where it is there, so that it does not come back when the machine crashes. */
export function removeDurably(path: string, files = nodeFileSystem): void {
  files.remove(path);
  syncFolder(dirname(path), files);
}

/** Removes what a kill left behind: files that were being written. */
export function removeUnfinished(folder: string, files = nodeFileSystem): void {
  for (const name of files.list(folder)) if (name.endsWith(UNFINISHED)) files.remove(join(folder, name));
}

export const isUnfinished = (name: string) => name.endsWith(UNFINISHED);

/**
 * Makes changes of names in a folder durable, where the system can sync a folder (Windows cannot). Before a process relies on
 * files that an earlier one left, it does so too: that one may have been killed between a rename and this.
 */
export function syncFolder(folder: string, files = nodeFileSystem): void {
  if (process.platform === 'win32') return;
  try {
    const handle = files.open(folder, 'r');
    try {
      files.sync(handle);
    } finally {
      files.close(handle);
    }
  } catch (error) {
    throw naming(folder, error);
  }
}

/**
 * Makes a folder and those above it, durably. (mkdirSync's own `recursive` tries for ever in a place like /proc.)
 * @returns the first folder that was made
 */
export function makeFolder(path: string, files = nodeFileSystem): string | undefined {
  if (files.exists(path)) return undefined;
  const parent = dirname(path);
  const first = makeFolder(parent, files);
  try {
    files.makeFolder(path);
  } catch (error) {
    // Another process may have been faster.
    if (!files.exists(path)) throw error;
    return first;
  }
  syncParent(path, files);
  return first ?? path;
}

/** Makes the name of a folder durable, where the one above it may be read. */
export function syncParent(path: string, files = nodeFileSystem): void {
  try {
    syncFolder(dirname(path), files);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
  }
}

/** What made the file useless is what is told, not that it could not be removed either. */
function tryToRemove(path: string, files: FileSystem): void {
  try {
    files.remove(path);
  } catch {
    // It stays, and is removed when the folder is next opened.
  }
}
