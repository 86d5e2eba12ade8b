/** Data files of any length: read, unpacked and hashed in parts, or refused by name. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { gunzip, readShared } from '../../../data/host/read-file.js';
import { tokenize } from '../../../data/formats/tokens.js';
import { readTextFile } from '../../../data/text-file.js';
import { inParts } from '../../../numerics/canonical.js';
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
    expect(Buffer.concat(Array.from(inParts(numbers, 5)))).to.deep.equal(Buffer.from(numbers.buffer, 8));
    expect(sha256(numbers)).to.equal(createHash('sha256').update(numbers).digest('hex'));
    expect(sha256(readShared(path))).to.equal(digest);
    expect(sha256(text)).to.equal(digest);
  });

  it('are text that is decoded and hashed in pieces, of which none ends within a line end', () => {
    for (const path of [folder.write('a.txt', text), folder.write('a.txt.gz', gzipSync(text))]) {
      for (const length of [1, 2, 3, 7, 1000]) {
        const { result, checksum } = readTextFile(path, (pieces) => Array.from(pieces), length);
        expect(result.join('')).to.equal(text);
        expect(
          result.filter((piece, i) => piece.endsWith('\r') && result[i + 1].startsWith('\n')),
        ).to.deep.equal([]);
        expect(checksum).to.equal(digest);
        // What is left unread counts too.
        expect(readTextFile(path, () => 0, length).checksum).to.equal(digest);
      }
    }
    const cut = folder.write('cut.txt', Buffer.from('ä').subarray(0, 1));
    expect(() => readTextFile(cut, (pieces) => Array.from(pieces))).to.throw(
      /cut\.txt' is not text in UTF-8/,
    );
  });

  it('are texts whose tokens do not depend on the pieces', () => {
    const files = [{ path: 'a', content: Buffer.from(text) }];
    const whole = tokenize(files, 'characters');
    for (const length of [1, 2, 5]) expect(tokenize(files, 'characters', length)).to.deep.equal(whole);
  });

  it('are refused by name where they are too large to be unpacked', () => {
    const path = folder.write('a.gz', gzipSync('x'.repeat(100)));
    expect(gunzip(path, 100).length).to.equal(100);
    expect(() => gunzip(path, 99)).to.throw(
      /a\.gz' is too large to be unpacked in memory; unpack it: gunzip/,
    );
    folder.write('b.gz', gzipSync('x'.repeat(100)).subarray(0, 20));
    expect(() => gunzip(`${folder.path}/b.gz`)).to.throw(/b\.gz' is not a whole gzip file/);
  });
});
