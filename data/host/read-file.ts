/** Data files: finding them, reading them into shared memory, checking them. */
import { constants } from 'node:buffer';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sha256 } from '../../numerics/index.js';

export type SharedBytes = Uint8Array<SharedArrayBuffer>;

/** The folder of an installed npm package, or none. */
export function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The path of a file that may be there as it is or gzipped; none where it is not there at all. */
export function findFile(folder: string, name: string): string | undefined {
  return [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));
}

/** Bytes that are read at once, less than the 2 GiB that the system reads. */
const AT_ONCE = 2 ** 30;

/**
 * A file's bytes in shared memory, unpacked where its name ends in `.gz`.
 * @throws Error that names the file where it cannot be read or unpacked, or is larger than the memory
 */
export function readShared(path: string, atOnce = AT_ONCE): SharedBytes {
  if (path.endsWith('.gz')) return toShared(gunzip(path));
  const file = openSync(path, 'r');
  try {
    const bytes = memoryFor(fstatSync(file).size, path);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, Math.min(atOnce, bytes.length - at), at);
      if (read === 0) throw new Error(`'${path}' became shorter while it was read`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function memoryFor(size: number, path: string): SharedBytes {
  try {
    return sharedBytes(size);
  } catch (error) {
    throw new Error(`'${path}' has ${size} bytes, for which there is no memory`, { cause: error });
  }
}

/**
 * The unpacked bytes of a gzip file, which are unpacked in memory.
 * @throws Error that names the file where it is not whole, or too large
 */
export function gunzip(path: string, most = constants.MAX_LENGTH): Uint8Array {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: most });
  } catch (error) {
    if (isTooLarge(error)) {
      throw new Error(`'${path}' is too large to be unpacked in memory; unpack it: gunzip --keep '${path}'`, {
        cause: error,
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`'${path}' is not a whole gzip file (${reason}); get it again`, { cause: error });
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');

const isTooLarge = (error: unknown) =>
  ['ERR_FS_FILE_TOO_LARGE', 'ERR_BUFFER_TOO_LARGE'].includes(codeOf(error));

export const sharedBytes = (length: number): SharedBytes => new Uint8Array(new SharedArrayBuffer(length));

export function toShared(bytes: Uint8Array): SharedBytes {
  const shared = sharedBytes(bytes.length);
  shared.set(bytes);
  return shared;
}

/** Checksums of files that this process has read: hashing MNIST takes longer than reading it. */
const known = new Map<string, string>();

/**
 * The SHA-256 of a file's unpacked content, computed once a process as long as length and date stay.
 * @throws Error where it is not the `expected` one
 */
export function verified(path: string, content: SharedBytes, expected?: string): string {
  const { size, mtimeMs } = statSync(path);
  const key = `${path}\n${size}\n${mtimeMs}`;
  const sum = known.get(key) ?? sha256(content);
  known.set(key, sum);
  if (expected === undefined || sum === expected) return sum;
  throw new Error(
    `'${path}' is not the published file: the SHA-256 of its content is ${sum}, it should be ${expected}`,
  );
}

/** One checksum for many files, by `label`: the SHA-256 of what `sha256sum` prints for them. */
export function checksumOfFiles(
  label: string,
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
): Record<string, string> {
  const lines = files.map(({ path, content }) => `${sha256(content)}  ${basename(path)}\n`);
  return { [`${label} (${files.length} files)`]: sha256(lines.join('')) };
}
