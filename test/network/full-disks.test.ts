/**
 * Real coordinators and workers whose disk fills up, or cannot be written: they end at once, with a sentence and exit code 4,
 * the other side knows, and the same commands end in the same bits once the disk is as it should be.
 */
import { chmodSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { readRecord } from '../../records/host/index.js';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, startMurmur, startProgram, type Running } from '../support/murmur.js';
import { freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { hasProgram, need } from '../support/requirements.js';
import { smallDisk } from '../support/small-disk.js';

/** From a failure to the end of the process. */
const MOST_SECONDS = 5;

describe('a network on disks that cannot be written', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const scaffold = { kind: 'scaffold', fraction: 0.5, amount: { epochs: 1 }, batchSize: 40 };
  const noloco = { kind: 'noloco', batchSize: 40, amount: { steps: 1 }, optimizer: { learningRate: 0.05 } };
  const recipeOf = (name: string, fields: object) =>
    folder.write(
      `${name}.yaml`,
      tinyRecipe({ rounds: 40, checkpoint: { seconds: 0 }, evaluate: { every: 40 }, ...fields }),
    );

  /** What both runs must end in. */
  async function expectBits(recipe: string, out: string): Promise<void> {
    const { record } = await simulate(readRecipe(recipe), { threads: 1 });
    expect(readRecord(out).weightsSha256).to.equal(record.weightsSha256);
  }

  /** Waits for a process that fails. @returns what it said, when it ended soon enough with the sentence and the code */
  async function expectFailure({ finished }: Running, sentence: RegExp): Promise<string> {
    const { code, stderr } = await finished;
    const ended = Date.now();
    expect(code, stderr).to.equal(exitCode.inputOutput);
    expect(stderr.split('\n').find((line) => line.startsWith('murmur: '))).to.match(sentence);
    const [, failedAt] = /"time":(\d+),.*has failed: /.exec(stderr) ?? [];
    expect(ended - Number(failedAt)).to.be.below(1000 * MOST_SECONDS);
    return stderr;
  }

  /** The status code of /healthz. */
  const health = (port: number) =>
    new Promise<number | undefined>((resolve) => {
      const request = httpRequest({ port, path: '/healthz', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', () => {
        resolve(undefined);
      });
      request.end();
    });

  async function healthy(port: number): Promise<void> {
    while ((await health(port)) !== 200) await setTimeout(20);
  }

  /** A WebSocket that never says anything, and does not answer a close either. */
  const mute = (port: number) =>
    httpRequest({
      port,
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })
      .on('upgrade', (_, socket) => socket.pause().on('error', () => undefined))
      .on('error', () => undefined)
      .end();

  it('the coordinator, where its disk fills up: workers come back, and --resume ends in the same bits', async function () {
    const disk = await smallDisk(this, folder.path('coordinator'), 400);
    const recipe = recipeOf('full', { algorithm: scaffold });
    const out = join(folder.path('coordinator'), 'run');
    const port = await freePort();
    const serve = () => disk.start(['serve', recipe, '--out', out, '--resume', '--port', `${port}`]);
    const failing = serve();
    await healthy(port);
    mute(port);
    // Room for a few rounds, or none.
    disk.fill(8);
    const worker = startWorker(port, folder.path('worker-1'));
    const seen = new Set<number | undefined>();
    while (failing.child.exitCode === null) {
      seen.add(await health(port));
      await setTimeout(50);
    }
    expect([...seen]).to.include(503);
    await expectFailure(failing, /the disk is full: .*run.*; go on with --resume --out .*run$/);
    await disk.resize(4096);
    const resumed = await serve().finished;
    expect(resumed.code, resumed.stderr).to.equal(0);
    const { code, stderr } = await worker.finished;
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include('The coordinator has failed and shuts down');
    await expectBits(recipe, disk.outside(out));
    disk.remove();
  });

  it('the coordinator, where its folder becomes read-only', async function () {
    need(this, 'setpriv, of util-linux', hasProgram('setpriv'));
    const recipe = recipeOf('read-only', {});
    const out = folder.path('read-only');
    const port = await freePort();
    const serve = ['serve', recipe, '--out', out, '--resume', '--port', `${port}`];
    // What a user of no special rights may not do, root may not do then either.
    const common = ['--bounding-set=-dac_override,-dac_read_search', process.execPath, mainFile];
    const failing = startProgram('setpriv', [...common, ...serve]);
    await healthy(port);
    const folders = [out, join(out, 'checkpoints')];
    for (const path of folders) chmodSync(path, 0o555);
    const worker = startWorker(port, folder.path('worker-2'));
    await expectFailure(failing, /no permission for .*workers\.json; go on with --resume/);
    for (const path of folders) chmodSync(path, 0o755);
    const resumed = await startMurmur(serve).finished;
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect((await worker.finished).code).to.equal(0);
    await expectBits(recipe, out);
  });

  for (const [name, fields] of [
    ['scaffold', { algorithm: scaffold }],
    ['gossip', { algorithm: noloco, topology: 'complete' }],
  ] as const) {
    it(`a worker, where the disk of its state fills up: the coordinator hears why, and goes on when it is back (${name})`, async function () {
      const disk = await smallDisk(this, folder.path(`worker-${name}`), 60);
      const recipe = recipeOf(name, fields);
      const out = folder.path(`out-${name}`);
      const port = await freePort();
      const coordinator = startServer(recipe, out, '--port', `${port}`);
      await healthy(port);
      const state = join(folder.path(`worker-${name}`), 'state');
      const startJoining = () =>
        disk.start(['join', `ws://127.0.0.1:${port}`, '--threads', '1', '--state', state]);
      // Room for who the worker is, but not for what its clients keep.
      disk.fill(20);
      const failing = startJoining();
      await expectFailure(failing, /the disk is full: .*state.*; the same command goes on$/);
      expect(await health(port)).to.equal(200);
      await disk.resize(4096);
      const again = await startJoining().finished;
      expect(again.code, again.stderr).to.equal(0);
      const { code, stderr } = await coordinator.finished;
      expect(code, stderr).to.equal(0);
      expect(stderr).to.match(/"msg":"worker w1 leaves: the disk is full: /);
      await expectBits(recipe, out);
      disk.remove();
    });
  }
});
