import { expect } from 'chai';
import { csvTable } from '../../experiments/tables/csv.js';
import { latex, latexTable } from '../../experiments/tables/latex.js';
import { markdownTable } from '../../experiments/tables/markdown.js';
import { scaleOf } from '../../experiments/tables/scale.js';
import { inWords, type Table } from '../../experiments/tables/table.js';

const table: Table = {
  caption: 'Mean ± 95 % of a_b & c',
  columns: [
    { key: 'series', label: 'Series', names: ['a|b_c', 'x, "y"', 'none'] },
    {
      key: 'accuracy',
      label: 'Accuracy',
      unit: 'share',
      amounts: [
        { count: 3, mean: 0.97123, margin: 0.0031 },
        { count: 1, mean: -0.5, margin: NaN },
        undefined,
      ],
    },
    {
      key: 'rounds',
      label: 'Rounds',
      unit: 'count',
      amounts: [
        { runs: 3, reached: 3, all: { count: 3, mean: 52.5, margin: 6.25 } },
        { runs: 3, reached: 2, median: 60, beyond: 200 },
        { runs: 3, reached: 0, beyond: 200 },
      ],
    },
  ],
};

describe('tables', () => {
  it('say intervals, and honestly what was not reached', () => {
    expect(inWords(table)).to.deep.equal({
      head: ['Series', 'Accuracy (%)', 'Rounds'],
      groups: ['', '', ''],
      rows: [
        ['a|b_c', '97.12 ± 0.31', '52.5 ± 6.3'],
        ['x, "y"', '−50.00', '2 of 3; median 60; > 200'],
        ['none', '–', '0 of 3; > 200'],
      ],
    });
  });

  it('are Markdown whose cells hold what they say', () => {
    expect(markdownTable(table).split('\n').slice(0, 5)).to.deep.equal([
      'Mean ± 95 % of a\\_b & c',
      '',
      '| Series | Accuracy (%) | Rounds |',
      '| --- | ---: | ---: |',
      '| a\\|b\\_c | 97.12 ± 0.31 | 52.5 ± 6.3 |',
    ]);
  });

  it('are CSV in full precision, which a reader gets back', () => {
    const [head, first, second, third] = csvTable(table).split('\r\n');
    expect(head).to.equal(
      'series,accuracy,accuracy_margin,rounds_reached,rounds_mean,rounds_margin,rounds_median,rounds_beyond',
    );
    expect(first).to.equal('a|b_c,0.97123,0.0031,3,52.5,6.25,,');
    expect(second).to.equal('"x, ""y""",-0.5,,2,,,60,200');
    expect(third).to.equal('none,,,0,,,,200');
  });

  it('are LaTeX with every special character escaped', () => {
    expect(latex('50 % & a_b #1 {x} $ ~ ^ \\ > ± −1')).to.equal(
      '50 \\% \\& a\\_b \\#1 \\{x\\} \\$ \\textasciitilde{} \\textasciicircum{} \\textbackslash{} $>$ $\\pm$ $-$1',
    );
    const lines = latexTable(table, { label: 'my results' }).split('\n');
    expect(lines).to.include('  \\label{tab:my-results}');
    expect(lines).to.include('  \\begin{tabular}{lrr}');
    expect(lines).to.include("    x, ''y'' & $-$50.00 & 2 of 3; median 60; $>$ 200 \\\\");
    expect(lines.filter((line) => /\\(top|mid|bottom)rule/.test(line))).to.have.lengthOf(3);
  });

  it('are LaTeX in which every letter of a name has a glyph', () => {
    expect(latex('μ = 0.1, η ≤ 1, Σ, Α, “a”\u00a0…')).to.equal(
      "$\\mu$ = 0.1, $\\eta$ $\\leq$ 1, $\\Sigma$, $A$, ``a''~\\dots{}",
    );
  });

  const wide: Table = {
    caption: 'Means.',
    columns: [
      { key: 'series', label: 'Series', names: ['FedAvg', 'μ'] },
      {
        key: 'a',
        group: 'alpha 0.1',
        label: 'Accuracy',
        unit: 'share',
        amounts: [{ count: 2, mean: 0.9, margin: 0.01 }, 'diverged'],
        best: new Set([0]),
      },
      { key: 'b', group: 'alpha 0.1', label: 'Loss', unit: 'plain', amounts: [undefined, undefined] },
      { key: 'c', group: 'alpha 1', label: 'Loss', unit: 'plain', amounts: [undefined, undefined] },
      { key: 'd', label: 'Axis', names: ['series', 'series'], isForPrograms: true },
    ],
  };

  it('have heads over several columns, the best in bold where it is asked for, and words in place of numbers', () => {
    const lines = latexTable(wide, { label: 'x', bold: true }).split('\n');
    expect(lines).to.include('     & \\multicolumn{2}{c}{alpha 0.1} & \\multicolumn{1}{c}{alpha 1} \\\\');
    expect(lines).to.include('    \\cmidrule(lr){2-3} \\cmidrule(lr){4-4}');
    expect(lines).to.include('    FedAvg & \\textbf{90.00 $\\pm$ 1.00} & -- & -- \\\\');
    expect(lines).to.include('    $\\mu$ & diverged & -- & -- \\\\');
    expect(lines[2]).to.include('Bold: the best mean');
    expect(latexTable(wide, { label: 'x' })).not.to.match(/textbf|Bold/);
    expect(markdownTable(wide, true)).to.include('| FedAvg | **90.00 ± 1.00** | – | – |');
    expect(markdownTable(wide))
      .to.include('| alpha 0.1: Accuracy (%) | alpha 0.1: Loss |')
      .and.not.include('**');
    expect(csvTable(wide).split('\r\n').slice(0, 3)).to.deep.equal([
      'series,a,a_margin,b,c,d',
      'FedAvg,0.9,0.01,,,series',
      'μ,,,,,series',
    ]);
  });

  it('are LaTeX over several pages, the head on each', () => {
    const lines = latexTable(wide, { label: 'x', long: true }).split('\n');
    expect(lines[0]).to.equal('\\begin{longtable}{lrrr}');
    const head = lines.flatMap((line, i) => (line.includes('Series & Accuracy') ? [i] : []));
    const ends = ['\\endfirsthead', '\\endhead', '\\endfoot'].map((end) => lines.indexOf(`  ${end}`));
    expect(head).to.have.lengthOf(2);
    expect([head[0], ends[0], head[1], ends[1], ends[2]]).to.deep.equal(
      [head[0], ends[0], head[1], ends[1], ends[2]].toSorted((a, b) => a - b),
    );
    expect(lines.filter((line) => line.includes('\\label{tab:x}'))).to.have.lengthOf(1);
  });

  it('write a column in one unit', () => {
    const { symbol, write } = scaleOf('bytes', [1_500_000, 999, NaN]);
    expect([symbol, write(1_500_000), write(999)]).to.deep.equal(['MB', '1.500', '0.001']);
    expect(scaleOf('plain', [0.0969, 0.01]).write(0.0969)).to.equal('0.09690');
    expect(scaleOf('plain', []).write(1)).to.equal('1.000');
    expect(scaleOf('p', []).write(0.00001)).to.equal('< 0.001');
  });
});
