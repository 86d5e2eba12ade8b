/** Reads data files of any length from the disk: whole, into shared memory, or in chunks; `.gz` files are decompressed. */
import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedBytes, type SharedBytes } from '../shared-arrays.js';
import { CHUNK, chunksOf } from '../text-chunks.js';

/** Bytes of one system call, below the 2 GiB that Linux reads at most. */
const MAX_READ = 2 ** 30;

/**
 * A file's bytes in shared memory, decompressed if its name ends in `.gz`.
 * @throws Error that names the file if it cannot be read or decompressed, or exceeds the memory
 */
export function readShared(path: string, maxRead = MAX_READ): SharedBytes {
  if (path.endsWith('.gz')) {
    const unpacked = gunzip(path);
    const shared = sharedBytes(unpacked.length);
    shared.set(unpacked);
    return shared;
  }
  const file = openSync(path, 'r');
  try {
    const bytes = allocate(fstatSync(file).size, path);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, Math.min(maxRead, bytes.length - at), at);
      if (read === 0) throw new Error(`'${path}' became shorter while it was read; start again`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function allocate(size: number, path: string): SharedBytes {
  try {
    return sharedBytes(size);
  } catch (error) {
    throw new Error(`'${path}' has ${size} bytes, more than the free memory`, { cause: error });
  }
}

/**
 * Passes a file's decompressed bytes to `consume` in chunks and hashes them, also what `consume` leaves unread.
 * @throws Error that names the file if it cannot be read or decompressed
 */
export function streamFile<Result>(
  path: string,
  consume: (chunks: Iterable<Uint8Array>) => Result,
  chunkBytes = CHUNK,
): { result: Result; sha256: string } {
  const hash = createHash('sha256');
  const chunks = readChunks(path, chunkBytes);
  const next = () => {
    const chunk = chunks.next();
    if (chunk.done !== true) hash.update(chunk.value);
    return chunk;
  };
  try {
    // Without `return` in the iterator a consumer that stops early does not close the file.
    const result = consume({ [Symbol.iterator]: () => ({ next }) });
    while (next().done !== true);
    return { result, sha256: hash.digest('hex') };
  } finally {
    chunks.return(undefined);
  }
}

/** A file's decompressed bytes. Each chunk is valid until the next one. */
function* readChunks(path: string, chunkBytes: number): Generator<Uint8Array, undefined> {
  if (path.endsWith('.gz')) {
    yield* chunksOf(gunzip(path), chunkBytes);
    return;
  }
  const file = openSync(path, 'r');
  try {
    const chunk = new Uint8Array(chunkBytes);
    for (;;) {
      const read = readSync(file, chunk, 0, chunkBytes, null);
      if (read === 0) return;
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The content of a gzip file, decompressed in memory.
 * @throws Error that names the file if it is damaged or its content has more than `maxBytes`
 */
export function gunzip(path: string, maxBytes = constants.MAX_LENGTH): Uint8Array {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: maxBytes });
  } catch (error) {
    if (isTooLarge(error)) {
      throw new Error(
        `'${path}' is too large to be decompressed in memory; decompress it: gunzip --keep '${path}'`,
        { cause: error },
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`'${path}' is not a whole gzip file (${reason}); get it again`, { cause: error });
  }
}

const isTooLarge = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_FS_FILE_TOO_LARGE' || error.code === 'ERR_BUFFER_TOO_LARGE');
