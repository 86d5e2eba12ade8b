/** Text of any length, decoded chunk by chunk: UTF-8 that is never held as one string. */
import type { DataFile } from './dataset-files.js';

/** Bytes of a chunk. */
export const CHUNK = 2 ** 20;

/**
 * Passes a file's text to `consume` in chunks; no chunk ends between `\r` and `\n`.
 * @throws Error that names the file if it cannot be read or is not UTF-8
 */
export const readText = <Result>(file: DataFile, consume: (chunks: Iterable<string>) => Result) =>
  file.stream((chunks) => consume(decodeChunks(chunks, file.path)));

/** Decodes UTF-8. @throws Error that names the file if the bytes are not UTF-8 */
export function* decodeChunks(bytes: Iterable<Uint8Array>, path: string): Generator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new Error(`'${path}' is not text in UTF-8`, { cause: error });
    }
  };
  let held = '';
  for (const chunk of bytes) {
    const text = held + decode(chunk);
    held = text.endsWith('\r') ? '\r' : '';
    yield held === '' ? text : text.slice(0, -1);
  }
  yield held + decode();
}

/** Chunks of bytes in memory, each a copy: TextDecoder does not accept shared memory. */
export function* chunksOf(content: Uint8Array, chunkBytes = CHUNK): Generator<Uint8Array, undefined> {
  for (let at = 0; at < content.length; at += chunkBytes) yield content.slice(at, at + chunkBytes);
}
