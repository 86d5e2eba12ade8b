/** Files that a recipe's entries name, as they are read from this machine's disk. */
import { existsSync, readFileSync } from 'node:fs';

export type ReadFile = (path: string) => Uint8Array;

/** @throws Error where the file is not there */
export const readFromDisk: ReadFile = (path) => {
  if (!existsSync(path)) throw new Error('there is no such file');
  return readFileSync(path);
};
