/** Runs are averaged, and replayed, only with the data that the others, or the run, were made with. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { reportRuns } from '../../experiments/report-runs.js';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('runs that were made with other data', () => {
  const folder = temporaryFolder();
  const table = folder.path('d.csv');
  const write = (last: string) => {
    writeFileSync(table, `x,label\n0,a\n1,b\n2,a\n3,b\n${last}\n`);
  };
  const recipe = (seed: number) =>
    parseRecipe(
      stringify({
        seed,
        data: {
          dataset: { kind: 'csv', file: table, testFile: table },
          partition: { kind: 'iid', clients: 2 },
        },
        model: { kind: 'mlp', hidden: [2] },
        algorithm: { kind: 'fedsgd', fraction: 1 },
        rounds: 1,
      }),
    );
  const run = async (name: string, seed: number) => {
    const out = folder.path(name);
    await simulate(recipe(seed), { threads: 1, out });
    return out;
  };
  const report = (...directories: string[]) =>
    reportRuns(directories, { formats: ['csv'], svg: false, out: folder.path('report') });

  let [one, two, other, again]: string[] = [];
  before(async () => {
    write('4,a');
    [one, two] = [await run('one', 1), await run('two', 2)];
    write('4,b');
    [other, again] = [await run('other', 2), await run('again', 1)];
  });

  it('are not averaged over seeds', () => {
    expect(report(one, two).results).to.include('| 2 |');
    expect(() => report(one, other)).to.throw(
      /one and .*other have the same settings but cannot be averaged: the SHA-256 of .*d\.csv is [0-9a-f]{64} in .*one, and [0-9a-f]{64} in .*other\. /,
    );
  });

  it('are not one run, though their recipe and seed are the same', () => {
    expect(() => report(one, again)).to.throw(/cannot be averaged: the SHA-256 of .*d\.csv/);
  });

  it('are not replayed', async () => {
    write('4,c');
    const replayed = simulate(recipe(1), { threads: 1, replay: one }).then(
      () => 'ran',
      (error: unknown) => String(error),
    );
    expect(await replayed).to.match(
      /one was made with something else than there is now: the SHA-256 of .*d\.csv is [0-9a-f]{64} then, and [0-9a-f]{64} now\. Put the old back to replay it/,
    );
  });
});
