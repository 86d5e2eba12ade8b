/** What tests of datasets share: looking into sets, and making files for the time of a test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inputBytes, openExamples, type ExampleSet, type StoredExamples } from '../../data/index.js';

/** The set, which must be in memory. */
export function stored(set: ExampleSet): StoredExamples {
  if ('generated' in set) throw new Error('the examples are generated, not stored');
  return set;
}

/** The stored bytes of one example's input. */
export function input(set: ExampleSet, index: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(inputBytes(set.input));
  openExamples(set).copyInput(index, bytes, 0);
  return bytes;
}

/** One example's input of float32 numbers. */
export const floats = (set: ExampleSet, index: number): number[] => [
  ...new Float32Array(input(set, index).buffer),
];

/** A folder that is there during each test of a suite; the function writes a file in it and gives its path. */
export function temporaryFolder(): {
  path: string;
  write: (name: string, content: string | Uint8Array) => string;
} {
  const folder = {
    path: '',
    write(name: string, content: string | Uint8Array): string {
      const path = join(folder.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
  };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'murmuration-'));
  });
  afterEach(() => {
    rmSync(folder.path, { recursive: true });
  });
  return folder;
}
