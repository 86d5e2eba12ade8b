import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import type { MurmurOptions } from '../support/murmur.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('bad data files', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const cwd = folder.path();
  const refusedHere = (code: number, args: readonly string[], options: MurmurOptions = {}) =>
    refused(code, args, { cwd, ...options });
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  const home = folder.path('data');
  const names = [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ];
  beforeEach(() => {
    mkdirSync(`${home}/mnist`, { recursive: true });
    for (const name of names) writeFileSync(`${home}/mnist/${name}.gz`, gzipSync('not MNIST'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });
  const env = { MURMUR_DATA: home };

  it('a corrupt file is named', async () => {
    expect(await refusedHere(2, simulate(), { env })).to.match(/train-images-idx3-ubyte\.gz' .*IDX/);
    writeFileSync(`${home}/mnist/${names[0]}.gz`, 'not gzip');
    expect(await refusedHere(2, simulate(), { env })).to.match(
      /train-images-idx3-ubyte\.gz' is not a whole gzip file/,
    );
  });

  it('a file that is not the published one is named, with both checksums', async () => {
    const header = (...extents: number[]) => {
      const bytes = Buffer.alloc(4 + 4 * extents.length);
      bytes.set([0, 0, 8, extents.length]);
      extents.forEach((extent, i) => bytes.writeUInt32BE(extent, 4 + 4 * i));
      return bytes;
    };
    for (const name of names) {
      const content = name.includes('images')
        ? Buffer.concat([header(1, 28, 28), Buffer.alloc(784)])
        : Buffer.concat([header(1), Buffer.alloc(1)]);
      writeFileSync(`${home}/mnist/${name}.gz`, gzipSync(content));
    }
    expect(await refusedHere(2, simulate(), { env })).to.match(
      /train-images-idx3-ubyte\.gz' is not the published file: .*[0-9a-f]{64}, it should be [0-9a-f]{64}/,
    );
  });

  it('missing files are named, with the command that gets them', async () => {
    const message = await refusedHere(2, simulate('--set', 'data.dataset=cifar-10'), { env });
    expect(message)
      .to.match(/data_batch_1\.bin/)
      .and.match(/murmur data get cifar-10/);
  });
});
