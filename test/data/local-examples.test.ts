/** Workers' own examples: tables and images that a recipe only describes. */
import { expect } from 'chai';
import { countLocalExamples, datasets, labelsOf, withLocalExamples } from '../../data/index.js';
import { diskFiles, openLocalData } from '../../data/host/index.js';
import { idxFile } from './image-files.js';
import { floats, stored, temporaryFolder } from './stored.js';

describe("workers' own examples", () => {
  const folder = temporaryFolder();
  const table = { kind: 'declared', input: [2], columns: ['a', 'b'], classes: ['0', '1'] };
  const images = { kind: 'declared', input: [1, 2, 1], classes: 3 };
  const declare = (options: object) =>
    datasets.create(options as typeof table, { seed: 1, files: diskFiles({ home: '' }) });

  it('have the columns that the recipe names, in any order and among others', () => {
    const path = folder.write('own.csv', 'label,b,id,a\n1.0,20,x,10\n 0 ,21,y,11\n');
    const { train } = withLocalExamples({ ...table, mean: [10, 20], std: [1, 2] }, openLocalData(path));
    expect([0, 1].map((i) => floats(train, i))).to.deep.equal([
      [0, 0],
      [1, 0.5],
    ]);
    expect([...labelsOf(train)]).to.deep.equal([1, 0]);
    expect(countLocalExamples(openLocalData(path))).to.equal(2);
  });

  it('are refused where columns, numbers or labels are others', () => {
    const wrong: Record<string, [content: string, complaint: RegExp]> = {
      'a column that is missing': ['a,c,label\n1,2,0\n', /own\.csv': unknown column 'b'/],
      'a column twice': ['a,b,a,label\n1,2,3,0\n', /own\.csv' names columns 1 and 3 'a'/],
      'a label of no class': [
        'a,b,label\n1,2,2\n',
        /line 2: column 'label' has '2', which is not one of the classes/,
      ],
      'no label': ['a,b,label\n1,2,\n', /line 2: column 'label' has no value/],
      'no number': ['a,b,label\n1,0x2,0\n', /line 2: '0x2' in column 'b' is not a decimal number/],
      'no rows': ['a,b,label\n', /no rows/],
    };
    for (const [what, [content, complaint]] of Object.entries(wrong)) {
      const path = folder.write('own.csv', content);
      expect(() => withLocalExamples(table, openLocalData(path)), what).to.throw(complaint);
    }
    expect(() => countLocalExamples(openLocalData(folder.write('own.csv', 'a,b,label\n')))).to.throw(
      /there are no examples in/,
    );
    expect(() => withLocalExamples(images, openLocalData(folder.write('own.csv', 'a,b\n')))).to.throw(
      /is a table, but/,
    );
  });

  it('may be images', () => {
    folder.write('own/images-idx3', idxFile([2, 1, 2], [1, 2, 3, 4]));
    folder.write('own/labels-idx1', idxFile([2], [2, 0]));
    const { train } = withLocalExamples(images, openLocalData(`${folder.path}/own`));
    expect([...stored(train).inputs, ...labelsOf(train)]).to.deep.equal([1, 2, 3, 4, 2, 0]);
    expect(countLocalExamples(openLocalData(`${folder.path}/own`))).to.equal(2);
    expect(() =>
      withLocalExamples({ ...images, input: [2, 1, 1] }, openLocalData(`${folder.path}/own`)),
    ).to.throw(/images of 1 × 2/);
    expect(() => withLocalExamples({ ...images, classes: 2 }, openLocalData(`${folder.path}/own`))).to.throw(
      /the label 2; with 2/,
    );
    folder.write('own/images-idx3', idxFile([0, 1, 2], []));
    folder.write('own/labels-idx1', idxFile([0], []));
    expect(() => withLocalExamples(images, openLocalData(`${folder.path}/own`))).to.throw(
      /images-idx3' has no images/,
    );
    expect(() => countLocalExamples(openLocalData(`${folder.path}/own`))).to.throw(
      /there are no examples in/,
    );
  });

  it('are described by a recipe that says which columns a table has', () => {
    expect(declare(table).train.input.shape).to.deep.equal([2]);
    expect(() => declare({ ...table, columns: undefined })).to.throw(/data\.dataset\.columns is missing/);
    expect(() => declare({ ...table, columns: ['a'] })).to.throw(
      /columns has 1 entries, but .* is 2 columns/,
    );
    expect(() => declare({ ...table, mean: [1] })).to.throw(/mean has 1 entries/);
    expect(() => declare({ ...table, std: [1, 0] })).to.throw(/std/);
    expect(() => declare({ ...table, columns: ['a', 'a'] })).to.throw(/'a' and 'a' are the same name/);
    expect(() => declare({ ...table, classes: ['1', '1.0'] })).to.throw(/are the same name/);
    expect(() => declare({ ...images, mean: [1] })).to.throw(/mean applies to tables/);
    expect(() => declare({ ...images, input: [1, 2] })).to.throw(/write \[height, width, 1\]/);
  });
});
