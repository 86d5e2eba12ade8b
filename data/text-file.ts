/** Text files of any length, a piece at a time: read, unpacked, hashed and decoded as UTF-8, never as one string. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { gunzip } from './host/read-file.js';

/** Bytes that are read at a time. */
export const PIECE = 2 ** 20;

export interface TextFileContent<Result> {
  readonly result: Result;
  /** SHA-256 of the unpacked bytes. */
  readonly checksum: string;
}

/**
 * Reads a text file, unpacked where its name ends in `.gz`. No piece ends between `\r` and `\n`.
 * @param read gets the pieces in order; what it leaves of them is hashed all the same
 * @throws Error that names the file where it cannot be read or is not UTF-8
 */
export function readTextFile<Result>(
  path: string,
  read: (pieces: Iterable<string>) => Result,
  pieceBytes = PIECE,
): TextFileContent<Result> {
  const hash = createHash('sha256');
  const bytes = bytePieces(path, pieceBytes);
  const hashed = (function* () {
    for (const piece of bytes) {
      hash.update(piece);
      yield piece;
    }
  })();
  const pieces = decodeChunks(hashed, path);
  try {
    const result = read({ [Symbol.iterator]: () => ({ next: () => pieces.next() }) });
    while (pieces.next().done !== true);
    return { result, checksum: hash.digest('hex') };
  } finally {
    bytes.return(undefined);
  }
}

/** Decodes UTF-8. @throws Error that names the file where it is none */
export function* decodeChunks(bytes: Iterable<Uint8Array>, path: string): Generator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (piece?: Uint8Array) => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch (error) {
      throw new Error(`'${path}' is not text in UTF-8`, { cause: error });
    }
  };
  let held = '';
  for (const piece of bytes) {
    const text = held + decode(piece);
    held = text.endsWith('\r') ? '\r' : '';
    yield held === '' ? text : text.slice(0, -1);
  }
  yield held + decode();
}

/** Pieces of bytes that are in memory, each copied: a decoder takes no shared memory. */
export function* chunksOf(content: Uint8Array, pieceBytes = PIECE): Generator<Uint8Array, undefined> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.slice(at, at + pieceBytes);
}

/** A file's unpacked bytes. Each piece is valid until the next is asked for. */
function* bytePieces(path: string, pieceBytes: number): Generator<Uint8Array, undefined> {
  if (path.endsWith('.gz')) {
    yield* chunksOf(gunzip(path), pieceBytes);
    return;
  }
  const file = openSync(path, 'r');
  try {
    const piece = new Uint8Array(pieceBytes);
    for (;;) {
      const read = readSync(file, piece, 0, pieceBytes, null);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}
