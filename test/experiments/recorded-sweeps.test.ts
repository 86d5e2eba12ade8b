import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { compareRuns } from '../../experiments/analysis/compare.js';
import { loadRuns } from '../../experiments/load-runs.js';
import { resultsFiles } from '../../experiments/recorded-sweeps/page.js';
import { readRecordedSweeps, recordSweep } from '../../experiments/recorded-sweeps/record.js';
import { csvTable } from '../../experiments/tables/csv.js';
import { resultsTable } from '../../experiments/tables/results.js';
import { temporaryFolder } from '../support/folder.js';
import { smallSweep, writeSweepRuns } from './made-up-sweep.js';

describe('a recorded sweep', () => {
  const folder = temporaryFolder();

  it('gives the tables that its directories gave, and a page with pictures', () => {
    writeSweepRuns(folder.path('sweep', 'runs'));
    const { merges, topologies, seeds } = smallSweep;
    const runs = merges.flatMap((merge) =>
      topologies.flatMap((topology) =>
        seeds.map((seed) => ({
          hash: `${merge}-${topology}-${seed}`,
          settings: { 'algorithm.merge': merge, topology },
          seed,
          directory: `runs/${merge}-${topology}-${seed}`,
        })),
      ),
    );
    const axes = [
      { name: 'algorithm.merge', values: merges },
      { name: 'topology', values: topologies },
    ];
    const record = { name: 'made-up-quick', murmur: '0.1.0', axes, runs };
    writeFileSync(folder.path('sweep', 'sweep.json'), JSON.stringify(record));

    recordSweep(folder.path('sweep'), folder.path());
    const [recorded, ...others] = readRecordedSweeps(folder.path());
    expect(others).to.deep.equal([]);
    const loaded = loadRuns([folder.path('sweep')]);
    const tableOf = (measured: typeof loaded.runs) =>
      csvTable(resultsTable(compareRuns(measured, loaded.axes, { target: 0.7 })));
    expect(recorded.runs).to.equal(12);
    // The curves are kept to six digits, which the area under them shows in its last ones.
    const numbers = (table: string) => table.split(/[,\r\n]+/).map((cell) => Number(cell).toPrecision(4));
    expect(numbers(tableOf(recorded.recorded))).to.deep.equal(numbers(tableOf(loaded.runs)));

    const files = resultsFiles([recorded]);
    expect(Object.keys(files)).to.deep.equal([
      'docs/results.md',
      'docs/figures/sweep-made-up-quick-grid-accuracy.svg',
    ]);
    expect(files['docs/results.md'])
      .to.include('12 of 12 runs are recorded.')
      .and.include('murmur sweep experiments/sweeps/made-up.yaml --quick')
      .and.include('The highest accuracy is that of variance-corrected, complete with')
      .and.match(/Of 2 differences to mean, \d ha/);
  });
});
