/** A temporary folder for the tests of one describe block. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Folder {
  path(...parts: string[]): string;
  /** Writes a file into the folder. @returns its path */
  write(name: string, content: string | Uint8Array): string;
}

/** Made when called, removed after the tests of the describe block that it is called in. */
export function temporaryFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'murmuration-test-'));
  after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const path = (...parts: string[]) => join(root, ...parts);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
