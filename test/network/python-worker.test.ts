/** A worker in another language, on another engine: docs/protocol.md is enough to write one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { stream } from '../../numerics/index.js';
import { temporaryFolder } from '../support/folder.js';
import { startMurmur, startProgram } from '../support/murmur.js';
import { freePort } from '../support/network.js';
import { need } from '../support/requirements.js';

/** Debian's, which has python3-websockets and python3-numpy. */
const python = '/usr/bin/python3';
const hasPython = () => spawnSync(python, ['-c', 'import numpy, websockets']).status === 0;

/** Three clouds of points, one a class. */
function table(rows: number, name: string): string {
  const draw = stream(1, 'python-worker', name);
  const centres = [
    [2, 0],
    [-2, 1],
    [0, -2],
  ];
  const lines = Array.from({ length: rows }, () => {
    const label = Math.floor(draw() * 3);
    const point = centres[label].map((centre) => (centre + 2 * (draw() + draw() - 1)).toFixed(4));
    return [...point, label].join();
  });
  return ['x,y,label', ...lines, ''].join('\n');
}

describe('the worker in Python', () => {
  const folder = temporaryFolder();
  before(function () {
    need(this, `${python} with numpy and websockets`, hasPython());
  });

  /** A coordinator, and the Python worker with half of the clients. */
  async function federation(name: string, engine: unknown) {
    const home = folder.path('home');
    mkdirSync(home, { recursive: true });
    for (const [part, rows] of Object.entries({ train: 600, test: 300 })) {
      writeFileSync(`${home}/${part}.csv`, table(rows, part));
    }
    const recipe = folder.write(
      `${name}.yaml`,
      stringify({
        name,
        data: {
          dataset: { kind: 'csv', file: 'train.csv', testFile: 'test.csv', normalize: 'none' },
          partition: { kind: 'iid', clients: 6 },
        },
        model: 'logistic',
        algorithm: { kind: 'fedavg', fraction: 1, amount: { epochs: 2 } },
        evaluate: { every: 3, on: ['test', 'clients'] },
        rounds: 6,
        engine,
      }),
    );
    const env = { MURMUR_DATA: home };
    const port = await freePort();
    const out = folder.path(name);
    const url = `ws://127.0.0.1:${port}`;
    const token = ['--token', 'secret'];
    const coordinator = startMurmur(['serve', recipe, '--port', `${port}`, ...token, '--out', out], { env });
    await listening(port);
    const join = () =>
      startMurmur(
        [
          'join',
          url,
          '--clients',
          '3-5',
          ...token,
          '--threads',
          '1',
          '--state',
          folder.path(`${name}-state`),
        ],
        { env },
      );
    const theirs = startProgram(python, [
      'examples/python-worker/worker.py',
      ...[url, '--data', `${home}/train.csv`, '--clients', '0-2', ...token],
    ]);
    return { coordinator, theirs, join, out };
  }

  it('trains beside ours in a real federation, where the recipe admits other engines', async () => {
    const { coordinator, theirs, join, out } = await federation('mixed', { mixed: true });
    const ours = join();
    for (const { code, stderr } of await Promise.all(
      [theirs, ours, coordinator].map((one) => one.finished),
    )) {
      expect(code, stderr).to.equal(0);
    }
    const record = JSON.parse(readFileSync(`${out}/run.json`, 'utf8')) as {
      accuracy: number;
      engine: { equalBitsPromised?: boolean };
    };
    expect(record.accuracy).to.be.above(0.85);
    expect(record.engine.equalBitsPromised).to.equal(false);
    const events = readFileSync(`${out}/metrics.jsonl`, 'utf8').trim().split('\n');
    const rounds = events
      .map((line) => JSON.parse(line) as { type: string; answered?: number })
      .filter(({ type }) => type === 'round');
    // All six clients counted in every round: those of both workers.
    expect(rounds.map(({ answered }) => answered)).to.deep.equal([6, 6, 6, 6, 6, 6]);
  });

  it('is turned away where it does not, and told what the recipe would have to say', async () => {
    const { coordinator, theirs } = await federation('unmixed', 'wasm');
    const { code, stdout, stderr } = await theirs.finished;
    expect(code).to.equal(1);
    expect(stdout + stderr).to.match(/needs the engine wasm .* engine: \{ mixed: true \}/);
    coordinator.child.kill('SIGKILL');
    await coordinator.finished;
  });
});

async function listening(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
