/** Runs that do not read an axis, that diverged, or whose numbers are missing: never a zero, a best, or left out unsaid. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { compareRuns } from '../../experiments/analysis/compare.js';
import { familiesOf } from '../../experiments/analysis/families.js';
import { groupRuns } from '../../experiments/analysis/groups.js';
import type { Settings } from '../../experiments/analysis/run.js';
import { reportRuns } from '../../experiments/index.js';
import { loadRuns } from '../../experiments/load-runs.js';
import { panelsOf } from '../../experiments/report/comparison/panels.js';
import { differencesTable } from '../../experiments/tables/differences.js';
import { resultsTable } from '../../experiments/tables/results.js';
import { csvTable } from '../../experiments/tables/csv.js';
import { inWords } from '../../experiments/tables/table.js';
import { parseRecipe } from '../../recipe/index.js';
import { readDivergence } from '../../records/host/index.js';
import type { RunEvent, RunRecord } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';
import { smallRecipe } from '../support/small-recipe.js';
import { temporaryFolder } from '../support/folder.js';
import { federated } from './made-up-runs.js';
import { textOf } from './markup.js';

type Outcome = 'ends' | 'diverges' | 'has no number';

interface Made {
  readonly series: string;
  readonly alpha?: number;
  readonly outcome?: readonly Outcome[];
  readonly height: number;
}

/** FedAvg does not read alpha; one series diverges with one seed of three, one with all, one ends without numbers. */
const settings: readonly Made[] = [
  { series: 'gossip', alpha: 0.1, height: 0.5 },
  { series: 'gossip', alpha: 1, height: 0.6 },
  { series: 'gossip', alpha: 10, height: 0.7 },
  { series: 'brittle', alpha: 0.1, height: 0.9, outcome: ['ends', 'diverges', 'ends'] },
  { series: 'brittle', alpha: 1, height: 0.9, outcome: ['diverges', 'diverges', 'diverges'] },
  { series: 'brittle', alpha: 10, height: 0.9, outcome: ['has no number', 'has no number', 'has no number'] },
  { series: 'FedAvg', height: 0.8 },
  { series: 'isolated', height: 0.3 },
];

const seeds = [1, 2, 3];
const everyRound = [2, 4, 6];

function eventsOf({ height }: Made, outcome: Outcome, seed: number): RunEvent[] {
  const rounds = outcome === 'diverges' ? [2] : everyRound;
  return rounds.map((round) => {
    const accuracy = outcome === 'has no number' ? NaN : height - 0.1 / round + seed / 1000;
    return { type: 'evaluation', on: 'test', round, accuracy, loss: 1 - accuracy };
  });
}

/** Writes a sweep as its commands do. @returns its folder */
function writeSweep(folder: string): string {
  const runs = settings.flatMap((made, i) =>
    seeds.map((seed, k) => {
      const directory = `runs/${i}-${seed}`;
      const outcome = made.outcome?.[k] ?? 'ends';
      const events = eventsOf(made, outcome, seed);
      const last = events.at(-1);
      const record: RunRecord = {
        ...federated.record,
        seed,
        recipeHash: directory,
        rounds: 6,
        accuracy: last?.type === 'evaluation' ? last.accuracy : NaN,
        loss: last?.type === 'evaluation' ? last.loss : NaN,
      };
      mkdirSync(join(folder, directory), { recursive: true });
      const write = (name: string, text: string) => {
        writeFileSync(join(folder, directory, name), text);
      };
      if (outcome === 'diverges')
        write('diverged.json', JSON.stringify({ round: 3, message: 'it diverged' }));
      else write('run.json', JSON.stringify(record));
      write('metrics.jsonl', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      write('recipe.yaml', stringify({ seed }));
      const { series, alpha } = made;
      return { hash: directory, settings: alpha === undefined ? {} : { alpha }, series, seed, directory };
    }),
  );
  const series = [...new Set(settings.map((made) => made.series))];
  const axes = [{ name: 'alpha', values: [0.1, 1, 10] }];
  writeFileSync(
    join(folder, 'sweep.json'),
    JSON.stringify({ name: 'mixed', murmur: '0.1.0', axes, series, runs }),
  );
  return folder;
}

describe('reports of runs that lack something', () => {
  const folder = temporaryFolder();
  let sweep: string;
  before(() => {
    sweep = writeSweep(folder.path('sweep'));
  });
  const compared = (options = {}) => {
    const { axes, runs } = loadRuns([sweep]);
    return compareRuns(runs, axes, options);
  };
  const rowsOf = (table: ReturnType<typeof resultsTable>) => {
    const { head, rows } = inWords(table);
    return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
  };

  it('tables: a dash for an axis that is not read, a mark for runs without a number', () => {
    const rows = rowsOf(resultsTable(compared({ target: 0.87 })));
    const row = (series: string, alpha: string) =>
      rows.find((cells) => cells['series'] === series && cells['alpha'] === alpha);
    expect(row('FedAvg', '–')).to.include({ Seeds: '3', Diverged: '0' });
    expect(row('brittle', '0.1')).to.include({
      Seeds: '3',
      Diverged: '1',
      'Rounds to 87 %': '2 of 3; median 4',
    });
    // Seeds 1 and 3: 0.9 − 0.1 / 6 + 0.002.
    expect(row('brittle', '0.1')?.['Accuracy (%)']).to.match(/^88\.53 ± [\d.]+ \(2 of 3\)$/);
    expect(row('brittle', '1')).to.include({
      Diverged: '3',
      'Accuracy (%)': 'diverged',
      Loss: '–',
      Rounds: '–',
      'AUC (%)': '–',
      'Rounds to 87 %': '0 of 3',
    });
    expect(row('brittle', '10')).to.include({ Diverged: '0', 'Accuracy (%)': '–', Loss: '–', Rounds: '6' });
  });

  it('CSV: an empty cell for what there is not, never 0, and of how many runs a mean is', () => {
    const [head, ...lines] = csvTable(resultsTable(compared()))
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    const cells = (series: string, alpha: string) => {
      const found = lines.find(([one, other]) => one === series && other === alpha) ?? [];
      return Object.fromEntries(head.map((name, i) => [name, found[i]]));
    };
    expect(cells('brittle', '1')).to.include({
      seeds: '3',
      diverged: '3',
      accuracy: '',
      loss: '',
      loss_runs: '0',
    });
    expect(cells('brittle', '10')).to.include({ diverged: '0', accuracy: '', area: '' });
    expect(cells('brittle', '0.1')).to.include({ accuracy_runs: '2' });
  });

  it('no run without a number is the best, and none of a setting of which one diverged', () => {
    const table = resultsTable(compared());
    const column = table.columns.find(({ key }) => key === 'accuracy');
    const best = column && 'amounts' in column ? [...(column.best ?? [])] : [];
    // With every alpha it is FedAvg, which stands for all of them.
    expect(best.map((row) => rowsOf(table)[row]['series'])).to.deep.equal(['FedAvg']);
    const page = reportRuns([sweep], { formats: [], svg: false, out: folder.path('best') });
    expect(page.leftOut).to.deep.equal([]);
    const text = textOf(readFileSync(folder.path('best', 'report.html'), 'utf8'));
    expect(text).to.include('Of 8 settings, FedAvg has the highest mean accuracy on the test set: 78.53');
    expect(text).to.include('4 of 24 runs diverged');
  });

  it('differences: one run stands for every value of an axis that it does not read; lost pairs are counted', () => {
    const { differences } = compared();
    const found = differences.map(({ among, value, baseline, count, of }) => [
      among[0],
      value,
      baseline,
      count,
      of,
    ]);
    expect(found).to.deep.equal([
      ['0.1', 'brittle', 'gossip', 2, 3],
      ['0.1', 'FedAvg', 'gossip', 3, 3],
      ['0.1', 'isolated', 'gossip', 3, 3],
      ['1', 'brittle', 'gossip', 0, 3],
      ['1', 'FedAvg', 'gossip', 3, 3],
      ['1', 'isolated', 'gossip', 3, 3],
      ['10', 'brittle', 'gossip', 0, 3],
      ['10', 'FedAvg', 'gossip', 3, 3],
      ['10', 'isolated', 'gossip', 3, 3],
    ]);
    const table = differencesTable(compared());
    if (table === undefined) throw new Error('there is a table');
    const csv = csvTable(table).split('\r\n');
    expect(csv[0]).to.equal(
      'alpha,axis,value,baseline,seeds,difference,difference_margin,p_t,p_t_holm,p_signs,p_signs_holm',
    );
    expect(csv[1]).to.match(/^0\.1,series,brittle,gossip,2,0\.(4|3999)/);
    expect(csv[4]).to.equal('1,series,brittle,gossip,0,,,,,,');
    expect(inWords(table).rows[3].slice(0, 5)).to.deep.equal(['1', 'brittle', 'gossip', '0 of 3', '–']);
  });

  it('two settings that do not read the axis are compared once', () => {
    const [FedAvg, isolated] = ['FedAvg', 'isolated'];
    const { axes, runs } = loadRuns([sweep]);
    const ordered = axes.map((axis) =>
      axis.name === 'series' ? { ...axis, values: [FedAvg, isolated, 'gossip'] } : axis,
    );
    const { differences } = compareRuns(
      runs.filter(({ settings: { series } }) => series !== 'brittle'),
      ordered,
    );
    expect(differences.map(({ among, value }) => [among[0], value])).to.deep.equal([
      ['–', 'isolated'],
      ['0.1', 'gossip'],
      ['1', 'gossip'],
      ['10', 'gossip'],
    ]);
  });

  it('curves: it is a line in every panel; lines of runs that diverged end there, and say so', () => {
    const panels = panelsOf({
      ...compared(),
      groups: [...compared().groups, ...compared().groups.slice(0, 1)],
    });
    expect(panels.map(({ label }) => label)).to.deep.equal(['alpha 0.1', 'alpha 1', 'alpha 10']);
    expect(new Set(panels[1].lines.map(({ name }) => name))).to.deep.equal(
      new Set(['gossip', 'brittle (diverged)', 'FedAvg', 'isolated']),
    );
    expect(panels[0].lines.map(({ name }) => name)).to.include('brittle (1 of 3 diverged)');
  });

  it('maps and trends: a column of their own, a line across, and words for what is not drawn', () => {
    reportRuns([sweep], { formats: [], svg: false, out: folder.path('page') });
    const page = readFileSync(folder.path('page', 'report.html'), 'utf8');
    const figure = (id: string) => new RegExp(`<figure id="${id}"[^]*?</figure>`).exec(page)?.[0] ?? '';
    const map = figure('grid-accuracy-1');
    expect(map)
      .to.include('>diverged</text>')
      .and.match(/>[\d.]+ \*<\/text>/);
    expect(textOf(map)).to.include(
      'gossip 48.53 58.53 68.53 brittle 88.53 * diverged – FedAvg 78.53 isolated 28.53',
    );
    const trend = figure('trend-accuracy-alpha');
    const across = [
      ...trend.matchAll(/<path d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)"[^>]*stroke="var\(--(green|purple)\)"/g),
    ];
    expect(
      new Set(across.filter(([, from, to]) => from === to).map(([, , , colour]) => colour)),
    ).to.deep.equal(new Set(['green', 'purple']));
    expect(textOf(trend)).to.include('A line across is a setting without one.');
    expect(textOf(trend)).to.include(
      'Not drawn, as not known: brittle, alpha 1 (diverged); brittle, alpha 10.',
    );
  });

  it('a run that diverges leaves a mark in its directory, and the report of it says so', async () => {
    const optimizer = { kind: 'sgd', learningRate: 5000 };
    const recipe = parseRecipe(
      smallRecipe({
        data: { dataset: { kind: 'mnist', limit: 300 }, partition: { kind: 'iid', clients: 3 } },
        algorithm: { kind: 'fedavg', batchSize: 10, optimizer },
      }),
    );
    const directory = folder.path('diverged');
    const error: unknown = await simulate(recipe, { out: directory, threads: 1 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('name', 'DivergedError');
    expect(readDivergence(directory)).to.deep.equal({
      round: 1,
      message: error instanceof Error && error.message,
    });
    const { results, leftOut } = reportRuns([directory], {
      formats: [],
      svg: false,
      out: folder.path('of-one'),
    });
    expect(leftOut).to.deep.equal([]);
    expect(results).to.include('diverged');
  });

  it('a family is alike in what all of it has', () => {
    const run = (fields: Settings) => ({ ...loadRuns([sweep]).runs[0], settings: fields });
    const partition = { name: 'partition', values: ['iid', 'dirichlet'] };
    const alpha = { name: 'alpha', values: [0.1, 1] };
    const groups = groupRuns(
      [
        run({ partition: 'iid' }),
        run({ partition: 'dirichlet', alpha: 0.1 }),
        run({ partition: 'dirichlet', alpha: 1 }),
        run({}),
      ],
      [partition, alpha],
    );
    // What is iid stands for no alpha of another partition; what reads neither stands for all.
    expect(
      familiesOf(groups, [partition, alpha]).map((family) => family.map(({ labels }) => labels.join())),
    ).to.deep.equal([
      ['–,–', 'iid,–'],
      ['–,–', 'dirichlet,0.1'],
      ['–,–', 'dirichlet,1'],
    ]);
  });
});
