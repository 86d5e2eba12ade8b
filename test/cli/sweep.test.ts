import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { readSweepRecord } from '../../experiments/sweep/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur, startMurmur } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { refused } from '../support/refused.js';
import { trained } from '../support/small-recipe.js';
import { firstRoundFrom, smallSweep, sweepOutcome } from '../support/sweeps.js';

describe('murmur sweep', () => {
  const folder = temporaryFolder();
  const quick = { set: { rounds: 2, algorithm: trained({ kind: 'fedavg', fraction: 0.3 }) } };
  const file = folder.write('sweep.yaml', smallSweep(quick));
  const out = folder.path('sweep');
  const sweep = (...more: string[]) => murmur(['sweep', file, '--out', out, ...more]);

  it('lists its runs, with time and memory to expect, and starts nothing', async () => {
    const { code, stdout, stderr } = await sweep('--dry-run', '--memory', '2');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^data\.partition\.kind shards, seed 1: at most \d+ s, about \d+ MiB$/m);
    expect(stdout).to.match(/^4 runs, 0 of them finished, in /m);
    expect(stdout).to.match(/^expected: at most .* \(2\.00 GiB may be taken\)$/m);
    expect(existsSync(out)).to.equal(false);
  });

  it('does not start with runs that cannot be run, unless these are to be skipped', async () => {
    const invalid = smallSweep({ matrix: { 'data.partition.clients': [10, 5000] }, seeds: [1] });
    const path = folder.write('invalid.yaml', invalid);
    const into = folder.path('invalid');
    const reason =
      /1 of 2 runs cannot be run:\n {2}data\.partition\.clients 5000, seed 1: .*\n.*--skip-invalid/;
    for (const more of [['--dry-run'], []]) {
      const { code, stderr } = await murmur(['sweep', path, '--out', into, ...more]);
      expect(code).to.equal(exitCode.badInput);
      expect(stderr).to.match(reason);
      expect(existsSync(into)).to.equal(false);
    }
    const { code, stdout, stderr } = await murmur(['sweep', path, '--out', into, '--skip-invalid']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('1 run is done in');
    expect(stderr).to.include('skipped an invalid run: ');
  });

  it('runs all, each as murmur simulate does, and says where the table is', async () => {
    const { code, stdout, stderr } = await sweep();
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('4 runs are done in').and.to.contain('runs.csv');
    expect(stderr).to.match(
      /^done: data\.partition\.kind iid, seed 2: accuracy .* % after 2 rounds, in .* s$/m,
    );
    const [{ directory }] = readSweepRecord(out).runs;
    const again = await murmur([
      'simulate',
      join(out, directory, 'recipe.yaml'),
      '--out',
      folder.path('one'),
    ]);
    expect(again.code, again.stderr).to.equal(0);
    expect(outcome(folder.path('one'))).to.deep.equal(outcome(join(out, directory)));
    expect(readdirSync(join(out, 'runs')).filter((name) => name.endsWith('.in-use'))).to.deep.equal([]);
  });

  it('does only what is missing: of a sweep that is finished, has lost a run, was extended', async () => {
    const before = sweepOutcome(out);
    const events = async (...args: string[]) => {
      const { code, stdout, stderr } = await murmur(['sweep', ...args, '--out', out, '--json']);
      expect(code, stderr).to.equal(0);
      const parsed = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; missing?: number });
      return [
        parsed.find(({ type }) => type === 'sweep')?.missing,
        parsed.filter(({ type }) => type === 'finished').length,
      ];
    };
    expect(await events(file)).to.deep.equal([0, 0]);
    rmSync(join(out, readSweepRecord(out).runs[1].directory), { recursive: true });
    expect(await events(file)).to.deep.equal([1, 1]);
    expect(sweepOutcome(out)).to.deep.equal(before);
    const longer = folder.write('longer.yaml', smallSweep({ ...quick, seeds: [1, 2, 3] }));
    expect(await events(longer)).to.deep.equal([2, 2]);
    expect(Object.keys(sweepOutcome(out).runs)).to.have.length(6);
  });

  it('is shared out among processes that have a folder in common, by --shard or by itself', async () => {
    const shards = folder.path('shards');
    const part = (...more: string[]) =>
      murmur(['sweep', file, '--out', shards, '--jobs', '1', '--json', ...more]);
    const two = await Promise.all([part('--shard', '1/2'), part('--shard', '2/2')]);
    for (const { code, stderr, stdout } of two) {
      expect(code, stderr).to.equal(0);
      expect(stdout.match(/"type":"finished"/g)).to.have.length(2);
    }
    expect((await part()).stdout).to.contain('"missing":0');
    const together = folder.path('together');
    const both = await Promise.all(
      [1, 2].map(() => murmur(['sweep', file, '--out', together, '--jobs', '1', '--json'])),
    );
    for (const { code, stderr } of both) expect(code, stderr).to.equal(0);
    expect(sweepOutcome(together)).to.deep.equal(sweepOutcome(shards));
  });

  it('goes on past runs that fail, and lists them with the command that shows them again', async () => {
    const failing = folder.write(
      'failing.yaml',
      smallSweep({ ...quick, matrix: { 'algorithm.optimizer.learningRate': [0.1, 1e30] }, seeds: [1] }),
    );
    const { code, stderr, stdout } = await murmur(['sweep', failing, '--out', folder.path('failing')]);
    expect(code, stderr).to.equal(exitCode.failedRuns);
    expect(stdout).to.contain('1 run is done');
    expect(stderr).to.match(
      /^diverged: .*learningRate 1e\+30, seed 1: training diverged in round 1 of fedavg/m,
    );
    expect(stderr).to.contain('1 run failed, 1 of them diverged');
    expect(readFileSync(folder.path('failing', 'runs.csv'), 'utf8')).to.match(/^1e\+30,1,\w+,,,1,diverged,/m);
    const reported = await murmur(['report', folder.path('failing')]);
    expect(reported.stdout).to.match(/1e\+30.*diverged/);
    const [, again] = /To see it again: murmur (simulate .*)$/m.exec(stderr) ?? [];
    const seen = await refused(exitCode.diverged, [...again.split(' '), '--out', folder.path('again')]);
    expect(seen).to.contain('training diverged in round 1');
  });

  it('stops at Ctrl-C with checkpoints, and goes on from there', async () => {
    const long = folder.write('long.yaml', smallSweep({ set: { rounds: 60, 'checkpoint.seconds': 1000 } }));
    const start = () =>
      startMurmur(['sweep', long, '--json', '--jobs', '1', '--out', folder.path('stopped')]);
    const stopped = start();
    expect(await firstRoundFrom(3, stopped)).to.equal(3);
    stopped.child.kill('SIGINT');
    const { code, stderr } = await stopped.finished;
    expect(code, stderr).to.equal(exitCode.interrupted);
    expect(stderr).to.match(
      /^murmur: stopped: 0 runs are done in .*, 4 unfinished; the same command resumes$/m,
    );
    const again = start();
    const first = await firstRoundFrom(1, again);
    again.child.kill('SIGTERM');
    expect((await again.finished).code).to.equal(exitCode.interrupted);
    expect(first).to.be.greaterThan(3);
  });
});

describe('a sweep that cannot be', () => {
  const folder = temporaryFolder();
  const refusal = (fields: object, ...more: string[]) =>
    refused(
      exitCode.badInput,
      ['sweep', folder.write('bad.yaml', smallSweep({ ...fields })), '--out', folder.path('bad'), ...more],
      { env: { MURMUR_DATA: folder.path('no-data') } },
    );

  it('of a million runs: says how many, and asks for --yes', async () => {
    const thousand = Array.from({ length: 1000 }, (_, i) => i + 1);
    const said = await refusal({
      matrix: { rounds: thousand, 'algorithm.amount.epochs': thousand },
      seeds: [1],
    });
    expect(said).to.match(/^murmur: small-sweep has 1,000,000 runs .* confirm with --yes$/m);
  });

  it('with an unknown field, an empty matrix, a missing dataset: says so before anything starts', async () => {
    expect(await refusal({ matrix: { 'algorithm.batch': [1] } })).to.contain("did you mean 'batchSize'");
    expect(await refusal({ matrix: {} })).to.contain('the matrix is empty');
    expect(await refusal({ matrix: { 'data.dataset': ['mnist', 'cifar-10'] } })).to.match(/murmur data get/);
    expect(existsSync(folder.path('bad'))).to.equal(false);
    expect(await refused(exitCode.badInput, ['sweep', 'nowhere.yaml'])).to.contain(
      'there is no sweep nowhere.yaml',
    );
  });

  it('with a part that there is not', async () => {
    for (const part of ['0/2', '3/2', 'a']) {
      expect(await refusal({}, '--shard', part)).to.contain('i/n with i from 1 to n');
    }
  });

  it('in the directory of another version, of another sweep, of something else', async () => {
    const out = folder.path('bad');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.tex'), '');
    expect(await refusal({})).to.contain('exists and holds no sweep');
    rmSync(out, { recursive: true });
    const runs = { set: { rounds: 1 }, seeds: [1] };
    expect(
      (await murmur(['sweep', folder.write('good.yaml', smallSweep(runs)), '--out', out])).code,
    ).to.equal(0);
    expect(await refusal({ ...runs, name: 'other' })).to.contain("holds the sweep 'small-sweep'");
    const record = join(out, readSweepRecord(out).runs[0].directory, 'run.json');
    const text = readFileSync(record, 'utf8');
    writeFileSync(record, text.replace(/"murmur": ".*"/, '"murmur": "0.0.3"'));
    expect(await refusal(runs)).to.match(/run.* was made by murmur 0\.0\.3, and this is .*--out/);
    writeFileSync(record, text);
    const sweepFile = join(out, 'sweep.json');
    writeFileSync(sweepFile, readFileSync(sweepFile, 'utf8').replace(/"murmur": ".*"/, '"murmur": "9.1.0"'));
    expect(await refusal(runs)).to.contain('was made by murmur 9.1.0');
  });
});
