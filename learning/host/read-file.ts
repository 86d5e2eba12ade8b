/** Reads files from this machine's disk. */
import { existsSync, readFileSync } from 'node:fs';
import type { ReadFile } from '../read-file.js';

export const readFromDisk: ReadFile = (path) => {
  if (!existsSync(path)) throw new Error('there is no such file');
  return readFileSync(path);
};
