/** Reading zip archives (PKWARE's APPNOTE 6.3, without encryption and Zip64), file by file from the disk. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import type { ArchiveFile } from './tar.js';

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [STORED, DEFLATED] = [0, 8];
/** The end record's 22 bytes and the longest comment after it. */
const TAIL = 22 + 0xffff;

/**
 * The wanted files of an archive, one at a time.
 * @throws Error that names the archive where it is damaged or packed in another way
 */
export function* readZip(path: string, wanted: (name: string) => boolean): Generator<ArchiveFile> {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const read = (from: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      if (from < 0 || readSync(file, bytes, 0, length, from) < length) throw damaged(path);
      return bytes;
    };
    for (const entry of directory(read, size, path)) {
      if (!wanted(entry.name)) continue;
      const local = read(entry.offset, 30);
      if (local.readUInt32LE(0) !== LOCAL) throw damaged(path);
      const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      const packed = read(start, entry.packed);
      yield { name: entry.name, content: unpack(packed, entry.method, entry.name, path) };
    }
  } finally {
    closeSync(file);
  }
}

interface Entry {
  readonly name: string;
  readonly method: number;
  /** Its length in the archive. */
  readonly packed: number;
  readonly offset: number;
}

/** What the directory at the archive's end lists. */
function directory(read: (from: number, length: number) => Buffer, size: number, path: string): Entry[] {
  const tail = read(Math.max(0, size - TAIL), Math.min(size, TAIL));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0 || tail.length - end < 22 || tail.readUInt32LE(end) !== END) throw damaged(path);
  const count = tail.readUInt16LE(end + 10);
  const records = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > records.length || records.readUInt32LE(at) !== CENTRAL) throw damaged(path);
    const [name, extra, comment] = [28, 30, 32].map((field) => records.readUInt16LE(at + field));
    entries.push({
      name: records.toString('utf8', at + 46, at + 46 + name),
      method: records.readUInt16LE(at + 10),
      packed: records.readUInt32LE(at + 20),
      offset: records.readUInt32LE(at + 42),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

function unpack(packed: Buffer, method: number, name: string, path: string): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED)
    throw new Error(`'${path}' packs '${name}' by method ${method}; 0 and 8 can be read`);
  try {
    return inflateRawSync(packed);
  } catch (error) {
    throw new Error(`'${path}' is damaged within '${name}'`, { cause: error });
  }
}

const damaged = (path: string) => new Error(`'${path}' is not a whole zip archive; get it again`);
