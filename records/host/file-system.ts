/**
 * The file operations that runs and workers keep their files with: Node.js's, or those of the fault simulator's disk. Paths,
 * flags and error codes are Node.js's.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

export interface FileSystem {
  exists(path: string): boolean;
  isFolder(path: string): boolean;
  /** The length of a file; 0 if it is missing. */
  size(file: string): number;
  read(file: string): Buffer;
  /** The names in a folder. */
  list(folder: string): string[];
  /** Its parent must exist. */
  makeFolder(path: string): void;
  /** @returns a descriptor; a folder can be opened for reading, to sync it */
  open(path: string, flags: 'r' | 'w' | 'a', mode?: number): number;
  /** Writes bytes from `offset` on. @returns how many of them were written, which may be fewer than all */
  write(descriptor: number, bytes: Uint8Array, offset: number): number;
  /** Makes the content of a file durable, or the names in a folder. */
  sync(descriptor: number): void;
  close(descriptor: number): void;
  rename(from: string, to: string): void;
  /** Removes a file, or a folder with its content, if it exists. */
  remove(path: string): void;
}

export const nodeFileSystem: FileSystem = {
  exists: existsSync,
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  size: (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
  read: (file) => readFileSync(file),
  list: (folder) => readdirSync(folder),
  makeFolder: (path) => {
    mkdirSync(path);
  },
  open: openSync,
  write: (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset),
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  remove: (path) => {
    rmSync(path, { recursive: true, force: true });
  },
};
