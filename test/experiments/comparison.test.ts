import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { reportRuns } from '../../experiments/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { writeSweepRuns } from './made-up-sweep.js';
import { textOf, unbalanced } from './markup.js';

const plain = { formats: ['md'], svg: false } as const;

describe('murmur report', () => {
  const folder = temporaryFolder();
  let directories: string[];
  before(() => {
    directories = writeSweepRuns(folder.path('runs'));
  });

  it('writes a page, tables and drawings, the same bytes each time', async () => {
    const args = ['report', folder.path('runs'), '--target', '0.7', '--format', 'md,csv,latex', '--svg'];
    const { code, stdout, stderr } = await murmur([...args, '--out', folder.path('a')]);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.include('| mean | ring | 3 |').and.include(folder.path('a', 'report.html'));
    expect(readdirSync(folder.path('a')).sort()).to.deep.equal(
      ['differences', 'results']
        .flatMap((name) => ['csv', 'md', 'tex'].map((ending) => `${name}.${ending}`))
        .concat('plots', 'report.html')
        .sort(),
    );
    const plots = readdirSync(folder.path('a', 'plots'));
    expect(plots).to.include.members([
      'accuracy-by-round-1.svg',
      'graph-1.svg',
      'consensus-1.svg',
      'labels-1.svg',
    ]);
    for (const plot of plots) {
      expect(readFileSync(folder.path('a', 'plots', plot), 'utf8'))
        .to.match(/^<svg [\s\S]*<\/svg>\n$/)
        .and.not.include('var(');
    }
    const again = reportRuns([folder.path('runs')], { ...plain, target: 0.7, out: folder.path('c') });
    expect(again.results).to.equal(readFileSync(folder.path('a', 'results.md'), 'utf8'));
    const withoutScript = (out: string) =>
      readFileSync(folder.path(out, 'report.html'), 'utf8').replace(/<script>[^]*?<\/script>/, '');
    expect(withoutScript('c')).to.equal(withoutScript('a'));
    expect((await murmur([...args, '--out', folder.path('b')])).code).to.equal(0);
    expect(readFileSync(folder.path('b', 'report.html'), 'utf8')).to.equal(
      readFileSync(folder.path('a', 'report.html'), 'utf8'),
    );
  });

  it('makes a page that is whole, loads nothing, and has a table for each drawing', () => {
    reportRuns(directories, { ...plain, target: 0.7, out: folder.path('d') });
    const page = readFileSync(folder.path('d', 'report.html'), 'utf8');
    expect(unbalanced(page)).to.equal(undefined);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.to.match(
      /https?:|url\(|@import|<img/,
    );
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).to.have.lengthOf(new Set(ids).size);
    for (const figure of page.match(/<figure[\s\S]*?<\/figure>/g) ?? []) {
      expect(figure).to.match(/<svg[^>]* role="img" aria-label="[^"]+"/);
      expect(figure).to.match(/<tbody>\s*<tr>\s*<th scope="row">/);
    }
    const text = textOf(page);
    expect(text).to.include('Of 4 settings, variance-corrected, complete has the highest mean accuracy');
    expect(text).to.include('With 3 seeds p over the signs cannot fall below 0.25');
    expect(text).to.include('0 of 3; > 10');
  });

  it('chooses columns of the results, and pivots an axis', () => {
    const written = (options: object) => {
      reportRuns([folder.path('runs')], {
        ...plain,
        formats: ['csv', 'latex'],
        target: 0.7,
        out: folder.path('t'),
        ...options,
      });
      return ['results.csv', 'results.tex'].map((name) => readFileSync(folder.path('t', name), 'utf8'));
    };
    const [chosen] = written({ columns: ['loss', 'accuracy'] });
    expect(chosen).to.match(
      /^algorithm\.merge\.kind,topology\.kind,loss,loss_margin,accuracy,accuracy_margin\r\n/,
    );
    expect(written({ pivot: 'topology.kind' })).to.deep.equal(written({ pivot: 'topology' }));
    const [csv, tex] = written({ pivot: 'topology', bold: true, longtable: true });
    const [head, mean, corrected, end] = csv.split('\r\n');
    expect(head).to.equal(
      'algorithm.merge.kind,accuracy[complete],accuracy[complete]_margin,accuracy[ring],accuracy[ring]_margin',
    );
    expect([mean, corrected, end].map((line) => line.split(',')[0])).to.deep.equal([
      'mean',
      'variance-corrected',
      '',
    ]);
    expect(tex)
      .to.include('\\multicolumn{2}{c}{Accuracy (\\%)}')
      .and.include('merge & topology complete & topology ring');
    expect(tex)
      .to.match(/variance-corrected & \\textbf\{[^}]*\} & \\textbf\{/)
      .and.include('Seeds of each: 3.');
    const [two] = written({ pivot: 'topology', columns: ['accuracy', 'rounds_to_target'] });
    expect(two.split('\r\n')[0]).to.match(/accuracy\[ring\]_margin,rounds_to_target\[ring\]_reached/);
  });

  it('leaves out what is not finished, and what is there twice, and says so', () => {
    const [first, second, ...rest] = writeSweepRuns(folder.path('some'));
    rmSync(join(first, 'run.json'));
    const { leftOut } = reportRuns([second, first, second, ...rest], { ...plain, out: folder.path('d') });
    expect(leftOut).to.deep.equal([
      { directory: first, why: 'it is not finished' },
      { directory: second, why: `it is the same run as ${second}` },
    ]);
  });

  it('keeps the axes and the order of a sweep', () => {
    writeSweepRuns(folder.path('sweep', 'runs'));
    const runs = ['variance-corrected', 'mean'].flatMap((merge) =>
      [1, 2, 3].map((seed) => ({
        hash: `${merge}${seed}`,
        settings: { 'algorithm.merge': merge },
        series: 'on a ring',
        seed,
        directory: `runs/${merge}-ring-${seed}`,
      })),
    );
    const axes = [{ name: 'algorithm.merge', values: ['variance-corrected', 'mean'] }];
    const record = { name: 'my-sweep', murmur: '0.1.0', axes, series: ['on a ring', 'never run'], runs };
    writeFileSync(folder.path('sweep', 'sweep.json'), JSON.stringify(record));
    const lost = folder.path('sweep', 'runs', 'variance-corrected-ring-2');
    rmSync(join(lost, 'run.json'));
    mkdirSync(folder.path('sweep', 'failures'));
    const failure = join('failures', 'variance-corrected-ring-2.yaml');
    writeFileSync(folder.path('sweep', failure), '# diverged');
    const { results, leftOut } = reportRuns([folder.path('sweep')], plain);
    expect(leftOut).to.deep.equal([
      { directory: lost, why: `it failed, see ${folder.path('sweep', failure)}` },
    ]);
    const rows = results.split('\n').slice(4, 6);
    expect(rows[0]).to.match(/^\| on a ring \| variance-corrected \| 2 \|/);
    expect(rows[1]).to.match(/^\| on a ring \| mean \| 3 \|/);
    expect(readFileSync(folder.path('sweep', 'report.html'), 'utf8')).to.include('<h1>my-sweep</h1>');
  });

  describe('refuses with a sentence', () => {
    const refused = (paths: string[], sentence: RegExp, options = {}) => {
      expect(() => reportRuns(paths, { ...plain, out: folder.path('no'), ...options })).to.throw(
        Error,
        sentence,
      );
    };

    it('directories without a run', () => {
      refused([folder.path('nowhere')], /there is no directory .*nowhere/);
      refused([folder.path('a')], /holds no run: neither recipe\.yaml nor folders with one/);
      refused([join(directories[0], 'run.json')], /is a file: name the run's directory/);
    });

    it('runs of which none is finished', () => {
      const made = writeSweepRuns(folder.path('unfinished')).slice(0, 2);
      for (const directory of made) rmSync(join(directory, 'run.json'));
      refused(made, /none of the 2 runs is finished .*--resume/);
    });

    it('files that are damaged or of another version', () => {
      const [first, second] = writeSweepRuns(folder.path('damaged'));
      writeFileSync(join(first, 'metrics.jsonl'), '{"type":\n');
      refused([first], /metrics\.jsonl cannot be read/);
      writeFileSync(join(second, 'run.json'), '{"accuracy":0.9}');
      refused([second], /run\.json: '.*' is not as this version of murmur writes it/);
    });

    it('axes that are not there, and choosing without validation data', () => {
      refused(directories, /have no axis rate; they differ in algorithm\.merge\.kind, topology\.kind/, {
        compare: 'rate',
      });
      refused(directories, /can be chosen on a validation part only, never on the test set/, {
        choose: ['topology'],
      });
    });

    it('columns that are not there, and options without effect', async () => {
      refused(
        directories,
        /unknown column 'acuracy'; did you mean 'accuracy'\? \(one of: seeds, accuracy, loss,/,
        {
          columns: ['acuracy'],
        },
      );
      refused(directories, /have no axis rate; they differ in/, { pivot: 'rate' });
      for (const [args, sentence] of [
        [['--longtable'], '--longtable is for LaTeX tables: add --format latex'],
        [['--bold-best', '--format', 'csv'], '--bold-best is for Markdown and LaTeX tables'],
        [['--columns', 'loss,loss'], 'loss is there twice'],
        [['--columns', ''], 'Give names with a comma between them.'],
      ] as const) {
        const { code, stderr } = await murmur(['report', directories[0], ...args]);
        expect([code, stderr]).to.satisfy(() => code === 2 && stderr.includes(sentence), stderr);
      }
    });

    it('targets and formats that are none', async () => {
      const target = await murmur(['report', directories[0], '--target', '90']);
      expect([target.code, target.stderr]).to.deep.equal([
        2,
        "error: option '--target <accuracy>' argument '90' is invalid. An accuracy is above 0 and at most 1, e.g. 0.9.\n",
      ]);
      const format = await murmur(['report', directories[0], '--format', 'xls']);
      expect(format.stderr).to.include('There is no format xls; there are md, csv, latex.');
    });
  });
});
