/** Image datasets from small files in their real formats, whole and damaged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { datasets, labelsOf } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { sha256 } from '../../numerics/index.js';
import { cifarRecord, idxFile } from './image-files.js';
import { input, temporaryFolder } from './stored.js';
import { need } from '../support/requirements.js';

describe('image datasets', () => {
  const home = temporaryFolder();
  const make = (kind: string, options: object = {}) =>
    datasets.create({ kind, ...options }, { seed: 1, files: diskFiles({ home: home.path }) });

  describe('idx', () => {
    const names = { trainImages: 'a', trainLabels: 'b.gz', testImages: 'c.gz', testLabels: 'd' };
    const train = [10, 20, 30, 40, 50, 60];
    beforeEach(() => {
      home.write('a', idxFile([3, 1, 2], train));
      home.write('b.gz', gzipSync(idxFile([3], [0, 2, 1])));
      home.write('c.gz', gzipSync(idxFile([1, 1, 2], [255, 0])));
      home.write('d', idxFile([1], [2]));
    });

    it('reads pairs of files, gzipped or not, from the data home', () => {
      const dataset = make('idx', names);
      expect([dataset.train.count, dataset.test.count, dataset.classes]).to.deep.equal([3, 1, 3]);
      expect(dataset.train.input).to.deep.equal({
        ...{ shape: [1, 2, 1], type: 'uint8' },
        ...{ scale: Math.fround(1 / 255), shift: 0 },
      });
      expect([0, 1, 2].map((i) => [...input(dataset.train, i)])).to.deep.equal([
        [10, 20],
        [30, 40],
        [50, 60],
      ]);
      expect([...input(dataset.test, 0)]).to.deep.equal([255, 0]);
      expect([...labelsOf(dataset.train), ...labelsOf(dataset.test)]).to.deep.equal([0, 2, 1, 2]);
      expect(dataset.checksums['b.gz']).to.equal(sha256(idxFile([3], [0, 2, 1])));
      expect(Object.keys(dataset.checksums)).to.deep.equal(['a', 'b.gz', 'c.gz', 'd']);
    });

    it('reads images with channels, and absolute paths', () => {
      const trainImages = home.write('rgb', idxFile([3, 1, 2, 3], [...train, ...train, ...train]));
      const testImages = home.write('rgb-test', idxFile([1, 1, 2, 3], train));
      expect(make('idx', { ...names, trainImages, testImages }).train.input.shape).to.deep.equal([1, 2, 3]);
    });

    it('normalises as asked', () => {
      const signed = make('idx', { ...names, normalize: 'signed' }).train.input;
      expect([signed.scale, signed.shift]).to.deep.equal([Math.fround(2 / 255), -1]);
      const standard = make('idx', { ...names, normalize: 'standard' });
      const inputs = train.map((pixel) => pixel * standard.train.input.scale + standard.train.input.shift);
      // Mean 35 and population variance (25² + 15² + 5²) / 3 = 875 / 3.
      const expected = train.map((pixel) => (pixel - 35) / Math.sqrt(875 / 3));
      for (const [i, x] of inputs.entries()) expect(x).to.be.closeTo(expected[i], 1e-6);
      expect(standard.test.input).to.deep.equal(standard.train.input);
    });

    const damaged: Record<string, [replacement: [string, Uint8Array], complaint: RegExp]> = {
      'cut short': [
        ['a', idxFile([3, 1, 2], [1, 2, 3])],
        /a' is not the IDX file .* 3 × 1 × 2 elements and the header are 22 bytes, it has 19/,
      ],
      empty: [['a', new Uint8Array(0)], /a' is not the IDX file .* 0 bytes, not even a magic number/],
      'cut within the header': [
        ['a', idxFile([3, 1, 2], []).subarray(0, 9)],
        /ends within its header of 16 bytes/,
      ],
      'of another format': [
        ['a', Buffer.from('PNG data')],
        /a' is not .* does not begin with two zero bytes/,
      ],
      'of floats': [
        ['a', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0)],
        /of type 13, unsigned bytes \(8\) are expected/,
      ],
      'labels for images': [['a', idxFile([3], [1, 2, 3])], /a' has 1 dimensions; images have 3/],
      'images for labels': [['d', idxFile([1, 1, 1], [0])], /d' .* has 3 dimensions, 1 are expected/],
      'of another count': [['d', idxFile([2], [0, 1])], /c\.gz' has 1 images, .*d' 2 labels/],
      'of another shape': [
        ['c.gz', gzipSync(idxFile([1, 2, 2], [1, 2, 3, 4]))],
        /of 1 × 2 × 1, .* of 2 × 2 × 1/,
      ],
      'cut gzip': [
        ['b.gz', gzipSync(idxFile([3], [0, 2, 1])).subarray(0, 20)],
        /b\.gz' is not a whole gzip file/,
      ],
    };
    for (const [what, [[name, content], complaint]] of Object.entries(damaged)) {
      it(`refuses a file that is ${what}`, () => {
        home.write(name, content);
        expect(() => make('idx', names)).to.throw(complaint);
      });
    }

    it('refuses labels beyond the classes, and files that are not there', () => {
      expect(() => make('idx', { ...names, classes: 2 })).to.throw(
        /b\.gz': example 1 has the label 2; with 2 classes labels are 0 to 1/,
      );
      expect(() => make('idx', { ...names, testLabels: 'nowhere' })).to.throw(
        /there is no 'nowhere': looked for .*nowhere and .*nowhere/,
      );
    });
  });

  describe('fashion-mnist', () => {
    const debian = '/usr/share/datasets/fashion-mnist';

    it('is read where it is installed', function () {
      need(this, 'Debian’s dataset-fashion-mnist', existsSync(debian));
      const dataset = make('fashion-mnist');
      expect([dataset.train.count, dataset.test.count]).to.deep.equal([60000, 10000]);
      const first = [...labelsOf(dataset.train).subarray(0, 10)].map((label) => dataset.classNames?.[label]);
      expect(first.slice(0, 4)).to.deep.equal(['ankle boot', 'T-shirt/top', 'T-shirt/top', 'dress']);
    });

    it('is refused where a file is not the published one', () => {
      const files = ['train-images-idx3', 't10k-images-idx3', 'train-labels-idx1', 't10k-labels-idx1'];
      for (const name of files) {
        const shape = name.endsWith('3') ? [1, 28, 28] : [1];
        const values = new Array<number>(name.endsWith('3') ? 784 : 1).fill(0);
        home.write(join('fashion-mnist', `${name}-ubyte`), idxFile(shape, values));
      }
      expect(() => make('fashion-mnist')).to.throw(
        /fashion-mnist\/train-images-idx3-ubyte' is not the published file.* it should be c59f468a/,
      );
    });
  });

  describe('emnist', () => {
    const write = (split: string, labels: readonly number[]) => {
      const picture = Array.from({ length: 784 }, (_, i) => (i === 1 ? 7 : i === 28 * 27 ? 9 : 0));
      for (const part of ['train', 'test']) {
        const pictures = labels.flatMap(() => picture);
        home.write(
          `emnist/emnist-${split}-${part}-images-idx3-ubyte.gz`,
          gzipSync(idxFile([labels.length, 28, 28], pictures)),
        );
        home.write(`emnist/emnist-${split}-${part}-labels-idx1-ubyte`, idxFile([labels.length], labels));
      }
    };

    it('turns the images, which the files hold by columns', () => {
      write('byclass', [0, 61]);
      const { train, classes, classNames } = make('emnist', { split: 'byclass' });
      const image = input(train, 1);
      expect([image[28], image[27], image.reduce((sum, pixel) => sum + pixel)]).to.deep.equal([7, 9, 16]);
      expect([classes, classNames?.[10], classNames?.[61]]).to.deep.equal([62, 'A', 'z']);
    });

    it('counts the letters from 0, and has 47 merged classes', () => {
      write('letters', [1, 26]);
      write('balanced', [0, 46]);
      const letters = make('emnist', { split: 'letters' });
      expect([...labelsOf(letters.train)].map((label) => letters.classNames?.[label])).to.deep.equal([
        'A',
        'Z',
      ]);
      const balanced = make('emnist');
      expect([balanced.classes, balanced.classNames?.[46]]).to.deep.equal([47, 't']);
      write('letters', [0, 26]);
      expect(() => make('emnist', { split: 'letters' })).to.throw(/example 0 has the label -1/);
    });

    it('says what is missing, where it was looked for, and how to get it', () => {
      write('balanced', [0]);
      expect(() => make('emnist', { split: 'digits' })).to.throw(
        /files of EMNIST are missing \(.*emnist lacks emnist-digits-train-images-idx3-ubyte, .*`murmur data get emnist`.*`murmur data import emnist FOLDER`/,
      );
    });
  });

  describe('cifar', () => {
    const batches = [
      'data_batch_1',
      'data_batch_2',
      'data_batch_3',
      'data_batch_4',
      'data_batch_5',
      'test_batch',
    ];
    beforeEach(() => {
      for (const [i, name] of batches.entries()) {
        home.write(`cifar-10/${name}.bin`, cifarRecord([i], [10 * i, 10 * i + 1, 10 * i + 2]));
      }
      home.write(
        'cifar-100/train.bin',
        Buffer.concat([cifarRecord([19, 99], [1, 2, 3]), cifarRecord([0, 1], [4, 5, 6])]),
      );
      home.write('cifar-100/test.bin', cifarRecord([3, 4], [7, 8, 9]));
    });

    it('puts the planes of CIFAR-10 together, batch after batch', () => {
      const { train, test, classNames } = make('cifar-10');
      expect([train.count, test.count, classNames?.[9]]).to.deep.equal([5, 1, 'truck']);
      expect(train.input.shape).to.deep.equal([32, 32, 3]);
      expect([...labelsOf(train), ...labelsOf(test)]).to.deep.equal([0, 1, 2, 3, 4, 5]);
      const image = input(train, 3);
      expect(image.length).to.equal(3072);
      expect(image.every((value, i) => value === 30 + (i % 3))).to.equal(true);
    });

    it('keeps rows and columns', () => {
      const record = cifarRecord([1], [0, 0, 0]);
      record[1 + 1024 + 32 * 5 + 7] = 200; // green at row 5, column 7
      home.write('cifar-10/test_batch.bin', record);
      expect(input(make('cifar-10').test, 0).indexOf(200)).to.equal((32 * 5 + 7) * 3 + 1);
    });

    it('gives the fine or the coarse labels of CIFAR-100', () => {
      const [fine, coarse] = [make('cifar-100'), make('cifar-100', { labels: 'coarse' })];
      expect([fine.classes, ...labelsOf(fine.train), ...labelsOf(fine.test)]).to.deep.equal([100, 99, 1, 4]);
      expect([coarse.classes, ...labelsOf(coarse.train), ...labelsOf(coarse.test)]).to.deep.equal([
        20, 19, 0, 3,
      ]);
      expect([...input(fine.train, 1).subarray(0, 4)]).to.deep.equal([4, 5, 6, 4]);
    });

    it('refuses a cut batch and impossible labels', () => {
      home.write('cifar-10/data_batch_2.bin', cifarRecord([1], [0, 0, 0]).subarray(0, 3000));
      expect(() => make('cifar-10')).to.throw(
        /data_batch_2\.bin' is not a whole CIFAR batch: it has 3000 bytes, records have 3073 each/,
      );
      home.write('cifar-100/test.bin', cifarRecord([20, 4], [7, 8, 9]));
      expect(() => make('cifar-100', { labels: 'coarse' })).to.throw(
        /test\.bin': example 0 has the label 20/,
      );
    });
  });
});
