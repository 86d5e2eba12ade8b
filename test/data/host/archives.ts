/** Makes small archives in the real formats. */
import { deflateRawSync, gzipSync } from 'node:zlib';

type Files = Readonly<Record<string, Uint8Array>>;

/** A ustar archive with a folder before the files, gzipped. */
export function tarGz(files: Files): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => [
    tarHeader(name, content.length, '0'),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([tarHeader('folder/', 0, '5'), ...blocks, Buffer.alloc(1024)]));
}

function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0' + '        ' + type, 136);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A zip archive: the first file stored, the others deflated, and a comment at the end. */
export function zip(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [i, [name, content]] of Object.entries(files).entries()) {
    const packed = i === 0 ? Buffer.from(content) : deflateRawSync(content);
    const common = Buffer.alloc(26); // from "version needed" to the lengths of name and extra field
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(i === 0 ? 0 : 8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const extra = Buffer.from('extra');
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), extra, packed]);
    local.writeUInt16LE(extra.length, 28);
    parts.push(local);
    const rest = Buffer.alloc(14); // comment, disk, attributes, offset
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(7, 20);
  return Buffer.concat([...parts, list, end, Buffer.from('comment')]);
}
