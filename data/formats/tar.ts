/** Reading tar archives (POSIX ustar): blocks of 512 bytes, a header before each file. */

const BLOCK = 512;

export interface ArchiveFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The regular files of an unpacked archive, in its order.
 * @throws Error that names the archive where a header is damaged or the archive ends within a file
 */
export function* readTar(bytes: Uint8Array, path: string): Generator<ArchiveFile> {
  const text = new TextDecoder('latin1');
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const field = (from: number, to: number) => text.decode(header.slice(from, to)).split('\0', 1)[0];
    const octal = (from: number, to: number) => parseInt(field(from, to).trim(), 8);
    if (octal(148, 156) !== headerSum(header))
      throw new Error(`'${path}' is not a whole tar archive: a header is damaged`);
    const size = octal(124, 136);
    const start = at + BLOCK;
    if (!(start + size <= bytes.length)) throw new Error(`'${path}' ends within '${field(0, 100)}'`);
    const isRegular = header[156] === 0 || header[156] === '0'.charCodeAt(0);
    if (isRegular) yield { name: field(0, 100), content: bytes.subarray(start, start + size) };
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The sum of a header's bytes, where the eight of the sum itself count as spaces. */
function headerSum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
