/** Tables: what CSV allows, and what becomes of columns. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseCsv } from '../../data/formats/csv.js';
import { datasets, labelsOf } from '../../data/index.js';
import { floats, temporaryFolder } from './stored.js';

describe('CSV', () => {
  it('has quotes, either line end, empty fields and empty lines', () => {
    const { columns, rows, lines } = parseCsv('\uFEFFa,"b ""c""",d\r\n1,"x,\ny",\n\n"",2,3', 't.csv');
    expect(columns).to.deep.equal(['a', 'b "c"', 'd']);
    expect(rows).to.deep.equal([
      ['1', 'x,\ny', ''],
      ['', '2', '3'],
    ]);
    expect(lines).to.deep.equal([2, 5]);
  });

  it('gives back every table that is written as it says', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', '\r', ' ') });
    const table = fc.array(fc.tuple(field, field), { minLength: 1 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (all, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const { columns, rows } = parseCsv(all.map((row) => row.map(quote).join(',')).join(end), 't.csv');
        expect([columns, ...rows]).to.deep.equal(all);
      }),
    );
  });

  it('names the line of a quote that is never closed and of a row of another length', () => {
    expect(() => parseCsv('a,b\n1,2\n3,"4\n', 't.csv')).to.throw("'t.csv' line 3: a quote is out of place");
    expect(() => parseCsv('a,b\n"1",2"', 't.csv')).to.throw(/line 2: a quote/);
    expect(() => parseCsv('a,b\n1,2\n\n3\n', 't.csv')).to.throw(
      "'t.csv' line 4 has 1 fields, the first line names 2 columns",
    );
    expect(() => parseCsv('', 't.csv')).to.throw("'t.csv' is empty");
  });
});

describe('csv', () => {
  const home = temporaryFolder();
  const make = (options: object, seed = 1) =>
    datasets.create({ kind: 'csv', file: 'train.csv', ...options }, { seed, home: home.path });
  beforeEach(() => {
    home.write('train.csv', 'x,who,label,y\n1,ann,no,10\n2,bob,yes,10\n3,ann,yes,10\n');
    home.write('test.csv', 'x,who,label,y\n4,cyd,no,11\n5,bob,maybe,12\n');
  });

  it('takes numeric columns, classes by name, and owners', () => {
    const dataset = make({ owner: 'who', testFile: 'test.csv', normalise: 'none' });
    expect(dataset.train.input).to.deep.equal({ shape: [2], type: 'float32', scale: 1, shift: 0 });
    expect([0, 1, 2].map((i) => floats(dataset.train, i))).to.deep.equal([
      [1, 10],
      [2, 10],
      [3, 10],
    ]);
    expect(dataset.classNames).to.deep.equal(['maybe', 'no', 'yes']);
    expect([...labelsOf(dataset.train), ...labelsOf(dataset.test)]).to.deep.equal([1, 2, 2, 1, 0]);
    expect(dataset.owners).to.deep.equal(['ann', 'bob']);
    expect([...(dataset.train.owner ?? []), ...(dataset.test.owner ?? [])]).to.deep.equal([0, 1, 0, -1, 1]);
    expect(Object.keys(dataset.checksums)).to.deep.equal(['train.csv', 'test.csv']);
  });

  it("standardises by the training rows, where a constant column's spread counts as 1", () => {
    const dataset = make({ features: ['y', 'x'], testFile: 'test.csv' });
    const spread = Math.sqrt(2 / 3);
    expect(floats(dataset.train, 0)).to.deep.equal([0, Math.fround(-1 / spread)]);
    expect(floats(dataset.test, 1)).to.deep.equal([2, Math.fround(3 / spread)]);
  });

  it('sorts numeric classes as numbers', () => {
    home.write('train.csv', 'x,label\n1,10\n2,9\n3,-1\n');
    expect(make({ testFile: 'train.csv' }).classNames).to.deep.equal(['-1', '9', '10']);
  });

  it('takes classes in the order that is given', () => {
    const dataset = make({ features: ['x'], classes: ['yes', 'perhaps', 'no'], testFile: 'train.csv' });
    expect([dataset.classes, ...labelsOf(dataset.train)]).to.deep.equal([3, 2, 0, 0]);
    expect(() => make({ features: ['x'], classes: ['yes', 'nope'] })).to.throw(
      /train\.csv' has the label 'no', which is none of the classes yes, nope/,
    );
  });

  it('draws test rows by the seed where there is no test file', () => {
    home.write('train.csv', `x,label\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}`).join('\n')}`);
    const rows = (seed: number) => {
      const { train, test } = make({ normalise: 'none', testShare: 0.25 }, seed);
      return [train, test].map((set) => Array.from({ length: set.count }, (_, i) => floats(set, i)[0]));
    };
    const [train, test] = rows(1);
    expect([train.length, test.length]).to.deep.equal([30, 10]);
    expect([...train, ...test].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i));
    expect(rows(1)).to.deep.equal([train, test]);
    expect(rows(2)[1]).not.to.deep.equal(test);
  });

  it('refuses what it cannot use with a sentence', () => {
    expect(() => make({ label: 'lable' })).to.throw(
      /train\.csv': unknown column 'lable'; did you mean 'label'/,
    );
    expect(() => make({})).to.throw(/train\.csv' line 2: 'ann' in column 'who' is not a number/);
    expect(() => make({ features: ['x', 'z'] })).to.throw(/unknown column 'z'/);
    home.write('test.csv', 'x,label\n1,no\n');
    expect(() => make({ owner: 'who', testFile: 'test.csv' })).to.throw(/test\.csv': unknown column 'who'/);
    home.write('test.csv', 'y,x,label,who\n1,2,no,ann\n');
    expect(() => make({ owner: 'who', testFile: 'test.csv' })).to.throw(/input columns y, x, .* x, y/);
    home.write('train.csv', 'x,label\n');
    expect(() => make({})).to.throw(/no rows below the line/);
    home.write('train.csv', 'x,label\n1,a\n,b\n');
    expect(() => make({})).to.throw(/line 3: '' in column 'x' is not a number/);
  });
});
