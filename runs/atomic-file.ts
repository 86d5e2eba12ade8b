/** Files that are there whole or not at all, also when the process is killed or the disk is full. */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** How names of files end that are being written. */
export const UNFINISHED = '.writing';

/** The permissions of a file that holds a secret: its owner reads it, nobody else. */
export const SECRET = 0o600;

/**
 * Writes beside the file, syncs, and renames.
 * @param mode the file's permissions, less what the process's umask takes away
 * @throws where the disk is full; an older file then stays
 */
export function writeAtomically(path: string, content: string | Uint8Array, mode = 0o666): void {
  // Of another name each time: two processes that write the same file do not mix their bytes.
  const beside = `${path}.${randomUUID().slice(0, 8)}${UNFINISHED}`;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const file = openSync(beside, 'w', mode);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Removes a file, where it is there, so that it does not come back when the machine crashes. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Makes a change of names durable where the system can sync a folder (Windows cannot). */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
