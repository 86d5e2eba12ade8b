/** Tables: what CSV allows, and what becomes of columns. */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseCsv } from '../../data/formats/csv.js';
import { decimal, nameOf } from '../../data/formats/fields.js';
import { datasets, labelsOf } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { decodeChunks, chunksOf } from '../../data/text-chunks.js';
import { floats, temporaryFolder } from './stored.js';

describe('CSV', () => {
  const parse = (text: string, piece = 2 ** 20, longestField?: number) => {
    const pieces = decodeChunks(chunksOf(new TextEncoder().encode(text), piece), 't.csv');
    const { columns, rows } = parseCsv(pieces, 't.csv', longestField);
    return { columns, rows: Array.from(rows) };
  };

  it('has quotes, either line end, empty fields and empty lines', () => {
    const { columns, rows } = parse('\uFEFFa,"b ""c""", d \r\n1,"x,\ny",\n\n"",2,3');
    expect(columns).to.deep.equal(['a', 'b "c"', 'd']);
    expect(rows).to.deep.equal([
      { fields: ['1', 'x,\ny', ''], line: 2 },
      { fields: ['', '2', '3'], line: 5 },
    ]);
  });

  it('gives back every table that is written as it says, in pieces of any length', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r', ' ') });
    const table = fc.array(fc.tuple(field, field), { minLength: 1 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 }), (all, end, piece) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const written = ['h,i', ...all.map((row) => row.map(quote).join(','))].join(end);
        const whole = parse(written);
        expect(whole.rows.map(({ fields }) => fields)).to.deep.equal(all);
        expect(parse(written, piece)).to.deep.equal(whole);
      }),
    );
  });

  it('names the line of a quote that is never closed and of a row of another length', () => {
    for (const piece of [1, 2, 100]) {
      const quote = /'t\.csv' line 3: a quote is misplaced or never closed/;
      expect(() => parse('a,b\n1,2\n3,"4\n', piece)).to.throw(quote);
      expect(() => parse('a,b\n1,2\n3,"4\n\n\n5,6', piece, 4)).to.throw(quote);
      expect(() => parse('a,b\n"1",2"', piece)).to.throw(/line 2: a quote/);
      expect(() => parse('a,b\n1,"2"3', piece)).to.throw(/line 2: a quote/);
      expect(() => parse('a,b\n1,2\n\n3\n', piece)).to.throw(
        "'t.csv' line 4 has 1 fields, the first line names 2 columns",
      );
    }
    expect(() => parse('')).to.throw("'t.csv' is empty");
  });

  it('has a column of each name once', () => {
    expect(() => parse('x,y, x\n1,2,3')).to.throw("'t.csv' names columns 1 and 3 'x'");
  });

  it('is UTF-8, wherever it is cut', () => {
    const bytes = Uint8Array.of(0x61, 0x2c, 0xf0, 0x9f, 0x98, 0x80, 0x0a, 0xe9, 0x0a);
    for (const length of [1, 3, 100]) {
      const pieces = (all: Uint8Array) => decodeChunks(chunksOf(all, length), 't.csv');
      expect(parseCsv(pieces(bytes.subarray(0, 7)), 't.csv').columns).to.deep.equal(['a', '😀']);
      expect(() => Array.from(parseCsv(pieces(bytes), 't.csv').rows)).to.throw(
        "'t.csv' is not text in UTF-8",
      );
    }
  });
});

describe('fields', () => {
  const spellings = (value: number) => [`${value}`, ` ${value} `, `+${value}.0`, `0${value}.`, `${value}e0`];

  it('are one name however blanks are set and a number is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (value) => {
        expect(new Set(spellings(value).map(nameOf))).to.deep.equal(new Set([String(value)]));
      }),
    );
    expect(['-0', '0.50', 'bob\u00a0', 'e\u0301', '1e3'].map(nameOf)).to.deep.equal([
      ...['0', '0.5', 'bob', 'é', '1000'],
    ]);
  });

  it('tell long numbers apart, which a double does not', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 1, max: 9 }), (id, more) => {
        expect(nameOf(`${id}`)).not.to.equal(nameOf(`${id + BigInt(more)}`));
      }),
    );
  });

  it('are numbers in decimals only', () => {
    expect(['1', '-.5', '+2.', '1e-3', ' 7 '].map(decimal)).to.deep.equal([1, -0.5, 2, 0.001, 7]);
    const others = ['', '0x10', '0b1', 'Infinity', 'NaN', '1e999', '1_000', '1,5', 'one', '.', 'e5', '1 2'];
    expect(others.filter((field) => decimal(field) !== undefined)).to.deep.equal([]);
  });
});

describe('csv', () => {
  const home = temporaryFolder();
  const make = (options: object, seed = 1) =>
    datasets.create(
      { kind: 'csv', file: 'train.csv', ...options },
      { seed, files: diskFiles({ home: home.path }) },
    );
  beforeEach(() => {
    home.write('train.csv', 'x,who,label,y\n1,ann,no,10\n2,bob,yes,10\n3,ann,yes,10\n');
    home.write('test.csv', 'y,x,label,who\n11,4,no,cyd\n12,5, yes ,bob\n');
  });

  it('takes numeric columns, classes by name, and owners', () => {
    const dataset = make({ owner: 'who', testFile: 'test.csv', normalize: 'none' });
    expect(dataset.train.input).to.deep.equal({ shape: [2], type: 'float32', scale: 1, shift: 0 });
    expect([0, 1, 2].map((i) => floats(dataset.train, i))).to.deep.equal([
      [1, 10],
      [2, 10],
      [3, 10],
    ]);
    expect([0, 1].map((i) => floats(dataset.test, i))).to.deep.equal([
      [4, 11],
      [5, 12],
    ]);
    expect(dataset.classNames).to.deep.equal(['no', 'yes']);
    expect([...labelsOf(dataset.train), ...labelsOf(dataset.test)]).to.deep.equal([0, 1, 1, 0, 1]);
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

  it('takes labels and owners that are written in other ways for the same, in every file', () => {
    home.write('train.csv', 'x,who,label\n1,bob,1\n2,bob ,1 \n3,7,1.0\n4,7.0,2\n');
    home.write('test.csv', 'label,who,x\n1.00, bob,5\n+2,07,6\n');
    const dataset = make({ owner: 'who', testFile: 'test.csv' });
    expect(dataset.classNames).to.deep.equal(['1', '2']);
    expect([...labelsOf(dataset.train), ...labelsOf(dataset.test)]).to.deep.equal([0, 0, 0, 1, 0, 1]);
    expect(dataset.owners).to.deep.equal(['7', 'bob']);
    expect([...(dataset.train.owner ?? []), ...(dataset.test.owner ?? [])]).to.deep.equal([1, 1, 0, 0, 1, 0]);
    const named = make({ owner: 'who', testFile: 'test.csv', classes: ['2.0', '1.0'] });
    expect([...labelsOf(named.train), ...labelsOf(named.test)]).to.deep.equal([1, 1, 1, 0, 1, 0]);
  });

  it('refuses labels and owners that are missing, unless they are named as classes', () => {
    for (const missing of ['', ' ', 'NaN', 'nan', 'NA', 'null']) {
      home.write('train.csv', `x,who,label\n1,a,1\n2,b,${missing}\n3,c,2\n`);
      expect(() => make({ owner: 'who' }), missing).to.throw(
        /train\.csv' line 3: column 'label' has no value/,
      );
      home.write('train.csv', `x,who,label\n1,a,1\n2,${missing},1\n3,c,2\n`);
      expect(() => make({ owner: 'who' }), missing).to.throw(/train\.csv' line 3: column 'who' has no value/);
    }
    home.write('train.csv', 'x,label\n1,NA\n2,EU\n3,NA\n');
    expect(make({ classes: ['EU', 'NA'], testFile: 'train.csv' }).classNames).to.deep.equal(['EU', 'NA']);
  });

  it('refuses labels of a test file that no training row has', () => {
    home.write('test.csv', 'y,x,label,who\n11,4,no,cyd\n12,5,maybe,bob\n');
    const options = { features: ['x'], testFile: 'test.csv' };
    expect(() => make(options)).to.throw(
      /test\.csv' line 3: column 'label' has 'maybe', which is not one of the classes no, yes/,
    );
    expect(make({ ...options, classes: ['no', 'yes', 'maybe'] }).classes).to.equal(3);
  });

  it('keeps a constant column at 0, also where rounding gives it a deviation', () => {
    home.write('train.csv', 'x,label\n0.1,1\n0.1,2\n0.1,1\n');
    home.write('test.csv', 'x,label\n0.2,1\n');
    const { train, test } = make({ testFile: 'test.csv' });
    expect([0, 1, 2].flatMap((i) => floats(train, i))).to.deep.equal([0, 0, 0]);
    expect(floats(test, 0)).to.deep.equal([Math.fround(0.1)]);
  });

  it('takes classes in the order that is given', () => {
    const dataset = make({ features: ['x'], classes: ['yes', 'perhaps', 'no'], testFile: 'train.csv' });
    expect([dataset.classes, ...labelsOf(dataset.train)]).to.deep.equal([3, 2, 0, 0]);
    expect(() => make({ features: ['x'], classes: ['yes', 'nope'] })).to.throw(
      /train\.csv' line 2: column 'label' has 'no', which is not one of the classes yes, nope/,
    );
  });

  it('draws test rows by the seed where there is no test file', () => {
    home.write('train.csv', `x,label\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}`).join('\n')}`);
    const rows = (seed: number) => {
      const { train, test } = make({ normalize: 'none', testFraction: 0.25 }, seed);
      return [train, test].map((set) => Array.from({ length: set.count }, (_, i) => floats(set, i)[0]));
    };
    const [train, test] = rows(1);
    expect([train.length, test.length]).to.deep.equal([30, 10]);
    expect([...train, ...test].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i));
    expect(rows(1)).to.deep.equal([train, test]);
    expect(rows(2)[1]).not.to.deep.equal(test);
  });

  it('reads a file in little more memory than its numbers take', () => {
    const row = Array.from({ length: 40 }, (_, column) => `0.${column}`).join(',');
    const header = Array.from({ length: 40 }, (_, column) => `c${column}`).join(',');
    const lines = Array.from({ length: 40_000 }, (_, i) => `${row},${i % 2}`);
    const file = home.write('large.csv', `${header},label\n${lines.join('\n')}`);
    const program = `
      const { datasets } = await import(${JSON.stringify(new URL('../../data/index.js', import.meta.url).href)});
      const { diskFiles } = await import(${JSON.stringify(new URL('../../data/host/index.js', import.meta.url).href)});
      const { train } = datasets.create({ kind: 'csv', file: ${JSON.stringify(file)} }, { seed: 1, files: diskFiles() });
      console.log(train.count);`;
    // The numbers of 6.4 MB lie outside this heap; 40,000 rows as arrays and strings take 60 MiB of it.
    const limit = '--max-old-space-size=32';
    const result = spawnSync(process.execPath, [limit, '--input-type=module', '--eval', program]);
    expect(result.stdout.toString(), result.stderr.toString()).to.equal('32000\n');
  });

  it('refuses what it cannot use with a sentence', () => {
    expect(() => make({ label: 'lable' })).to.throw(
      /train\.csv': unknown column 'lable'; did you mean 'label'/,
    );
    expect(() => make({})).to.throw(/train\.csv' line 2: 'ann' in column 'who' is not a decimal number/);
    expect(() => make({ features: ['x', 'z'] })).to.throw(/unknown column 'z'/);
    expect(() => make({ features: ['x', 'x'] })).to.throw(/'x' and 'x' are the same name/);
    expect(() => make({ classes: ['1', '1.0'] })).to.throw(/'1' and '1\.0' are the same name/);
    expect(() => make({ features: ['x', 'label'] })).to.throw(/column 'label' is the label/);
    home.write('test.csv', 'x,label\n1,no\n');
    expect(() => make({ owner: 'who', testFile: 'test.csv' })).to.throw(
      /test\.csv': unknown column '(who|y)'/,
    );
    home.write('test.csv', 'y,x,z,label,who\n1,2,3,no,ann\n');
    expect(() => make({ owner: 'who', testFile: 'test.csv' })).to.throw(/test\.csv' has the columns z too/);
    expect(make({ features: ['x'], testFile: 'test.csv' }).test.count).to.equal(1);
    home.write('train.csv', 'x,label\n');
    expect(() => make({})).to.throw(/no rows below its first line/);
    home.write('train.csv', 'x,label\n1,a\n2,a\n');
    expect(() => make({})).to.throw(/has only the class 'a'/);
    home.write('train.csv', ',x,label\n0,1,a\n1,2,b\n');
    expect(() => make({})).to.throw(/column 1 has no name; .*index=False/);
    expect(make({ features: ['x'] }).train.input.shape).to.deep.equal([1]);
    for (const wrong of ['', '0x10', 'NaN', 'Infinity']) {
      home.write('train.csv', `x,label\n1,a\n${wrong},b\n`);
      expect(() => make({})).to.throw(`line 3: '${wrong}' in column 'x' is not a decimal number`);
    }
    home.write('train.csv', 'x,label\n1,a\n1e300,b\n');
    expect(() => make({})).to.throw(/line 3: '1e300' in column 'x' is too large for a 32-bit float/);
  });
});
