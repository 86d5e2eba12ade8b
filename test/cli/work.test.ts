import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { readSweepRecord } from '../../experiments/sweep/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur, startMurmur } from '../support/murmur.js';
import { redisServer } from '../support/redis.js';
import { refused } from '../support/refused.js';
import { firstRoundFrom, smallSweep } from '../support/sweeps.js';

describe('murmur work and murmur sweep --queue', () => {
  const folder = temporaryFolder();
  const redis = redisServer();
  const sweepFile = (name: string, fields: object) =>
    folder.write(`${name}.yaml`, smallSweep({ name, ...fields }));
  const start = (command: string, ...more: string[]) =>
    startMurmur([...command.split(' '), '--queue', redis.address, '--json', ...more], { cwd: folder.path() });

  it('a worker that is stopped gives its run back, with its checkpoint', async () => {
    const file = sweepFile('given-back', {
      set: { rounds: 150, 'checkpoint.seconds': 1000 },
      matrix: { 'algorithm.amount.epochs': [2] },
      seeds: [1],
    });
    const followed = start(`sweep ${file}`);
    const first = start('work');
    const before = await firstRoundFrom(2, followed);
    first.child.kill('SIGTERM');
    const stopped = await first.finished;
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect(stopped.stdout).to.contain('"type":"stopped"');
    const second = start('work');
    const { code, stdout, stderr } = await followed.finished;
    expect(code, stderr).to.equal(0);
    const rounds = [...stdout.matchAll(/"round":(\d+),/g)].map(([, round]) => Number(round));
    // Each process begins by telling of round 0; what the second tells next is where the first came to.
    const [next] = rounds.slice(rounds.lastIndexOf(0) + 1);
    expect(next).to.be.greaterThan(before);
    expect(rounds.filter((round) => round === 1)).to.have.length.at.most(1);
    second.child.kill('SIGTERM');
    await second.finished;
  });

  it('a run that diverges is tried once, then listed; the others go on; asked again, it is tried again', async () => {
    const fields = {
      set: { rounds: 1 },
      matrix: { 'algorithm.optimizer.learningRate': [0.1, 1e30] },
      seeds: [1],
    };
    const file = sweepFile('failing', fields);
    const worker = start('work', '--out', folder.path('elsewhere'));
    const { code, stdout, stderr } = await start(`sweep ${file}`).finished;
    expect(code, stderr).to.equal(exitCode.failedRuns);
    expect(stderr)
      .to.match(/training diverged in round 1.*/)
      .and.to.contain('To see it again: murmur simulate');
    expect(stdout.match(/"type":"finished"/g)).to.have.length(1);
    expect(stderr).to.contain("1 run is in the workers' own folders");
    const [done, failed] = readSweepRecord(folder.path('sweeps', 'failing')).runs;
    expect(existsSync(folder.path('elsewhere', 'failing', done.directory, 'run.json'))).to.equal(true);
    const [, id] = failed.directory.split('/');
    expect(readFileSync(folder.path('sweeps/failing/failures', `${id}.yaml`), 'utf8')).to.match(
      /^# .*1e\+30/,
    );
    const again = await start(`sweep ${file}`).finished;
    expect(again.code).to.equal(exitCode.failedRuns);
    worker.child.kill('SIGTERM');
    const { stdout: worked } = await worker.finished;
    expect(worked.match(/"type":"failed"/g)).to.have.length(2);
  });
});

describe('a Redis that is not there', () => {
  const folder = temporaryFolder();

  it('is told in a sentence before anything starts, without its password', async () => {
    const file = folder.write('sweep.yaml', smallSweep());
    for (const command of [['sweep', file, '--out', folder.path('out')], ['work']]) {
      const told = await refused(exitCode.badInput, [...command, '--queue', 'redis://me:secret@127.0.0.1:1']);
      expect(told).to.match(
        /^murmur: no Redis answers at redis:\/\/me:\*\*\*@127\.0\.0\.1:1 \(.*ECONNREFUSED/,
      );
      expect(told).not.to.contain('secret');
    }
    expect(existsSync(folder.path('out'))).to.equal(false);
    const http = await murmur(['work', '--queue', 'http://localhost']);
    expect(http.stderr).to.contain('write the address of Redis as redis://HOST:PORT');
  });
});
