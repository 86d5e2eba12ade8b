/** Data files of any length are read, decompressed and hashed in chunks. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { diskFile } from '../../../data/host/disk-files.js';
import { gunzip, readShared, streamFile } from '../../../data/host/read-file.js';
import { tokenize } from '../../../data/formats/tokens.js';
import { decodeChunks, readText } from '../../../data/text-chunks.js';
import { sha256 } from '../../../numerics/index.js';
import { temporaryFolder } from '../stored.js';

describe('data files', () => {
  const folder = temporaryFolder();
  const text = 'zwölf 😀 Boxkämpfer\r\njagen\r\n\r\nViktor\n';
  const digest = createHash('sha256').update(text).digest('hex');

  it('are read and hashed in parts of any length', () => {
    const path = folder.write('bytes', text);
    for (const length of [1, 3, 7, 1000]) {
      expect(Buffer.from(readShared(path, length)).toString()).to.equal(text);
    }
    const numbers = Float64Array.of(1, 2, 3).subarray(1);
    expect(sha256(numbers)).to.equal(createHash('sha256').update(numbers).digest('hex'));
    expect(sha256(readShared(path))).to.equal(digest);
    expect(sha256(text)).to.equal(digest);
  });

  it('are decoded and hashed in chunks that never end between \\r and \\n', () => {
    for (const path of [folder.write('a.txt', text), folder.write('a.txt.gz', gzipSync(text))]) {
      for (const length of [1, 2, 3, 7, 1000]) {
        const { result, sha256: sum } = streamFile(
          path,
          (chunks) => Array.from(decodeChunks(chunks, path)),
          length,
        );
        expect(result.join('')).to.equal(text);
        expect(
          result.filter((chunk, i) => chunk.endsWith('\r') && result[i + 1].startsWith('\n')),
        ).to.deep.equal([]);
        expect(sum).to.equal(digest);
        // The checksum covers content that the consumer does not read.
        expect(streamFile(path, () => 0, length).sha256).to.equal(digest);
      }
    }
    const cut = folder.write('cut.txt', Buffer.from('ä').subarray(0, 1));
    expect(() => readText(diskFile('cut.txt', cut), (chunks) => Array.from(chunks))).to.throw(
      /cut\.txt' is not text in UTF-8/,
    );
  });

  it('have tokens that do not depend on the chunks', () => {
    const files = [{ path: 'a', content: Buffer.from(text) }];
    const whole = tokenize(files, 'characters');
    for (const length of [1, 2, 5]) expect(tokenize(files, 'characters', length)).to.deep.equal(whole);
  });

  it('are rejected by name if they are too large to be decompressed or damaged', () => {
    const path = folder.write('a.gz', gzipSync('x'.repeat(100)));
    expect(gunzip(path, 100).length).to.equal(100);
    expect(() => gunzip(path, 99)).to.throw(
      /a\.gz' is too large to be decompressed in memory; decompress it: gunzip/,
    );
    folder.write('b.gz', gzipSync('x'.repeat(100)).subarray(0, 20));
    expect(() => gunzip(`${folder.path}/b.gz`)).to.throw(/b\.gz' is not a whole gzip file/);
  });
});
