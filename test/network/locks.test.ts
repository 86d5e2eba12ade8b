/** One process for a folder: a worker's state in containers that are killed, a run's directory with two coordinators. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { readEvents } from '../../records/host/index.js';
import { simulate } from '../../simulator/index.js';
import { IN_CONTAINER, needContainers } from '../support/containers.js';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, murmur, startMurmur, startProgram, type Running } from '../support/murmur.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';

/** Clients keep control variates: a worker that has lost its state ends in other bits. */
const recipe = (rounds: number) =>
  tinyRecipe({
    algorithm: { kind: 'scaffold', fraction: 0.5, amount: { epochs: 4 }, batchSize: 4 },
    rounds,
    checkpoint: { seconds: 0.05 },
  });

const rounds = (out: string) =>
  existsSync(join(out, 'metrics.jsonl')) ? readEvents(out).filter(({ type }) => type === 'round').length : 0;

describe('a folder that is one process’s', function () {
  // Twelve processes, one after another: a loaded machine takes its time.
  this.timeout(480_000);
  const folder = temporaryFolder();

  for (const { name, state, kills } of [
    { name: 'with --state', state: ['--state', 'state'], kills: 10 },
    { name: 'without --state', state: [], kills: 2 },
  ]) {
    it(`a worker ${name} is killed ${kills} times with its container: it is the same worker each time`, async function () {
      needContainers(this);
      const file = folder.write(`${state.length}.yaml`, recipe(6 * kills + 10));
      const out = folder.path(`run-${state.length}`);
      const cwd = folder.path();
      const port = await freePort();
      const coordinator = startServer(file, out, '--port', `${port}`);
      const words = ['join', `ws://127.0.0.1:${port}`, '--threads', '1', ...state];
      const worker = () => {
        const [program, ...before] = IN_CONTAINER;
        return startProgram(program, [...before, process.execPath, mainFile, ...words], { cwd });
      };
      let running = worker();
      for (let kill = 0; kill < kills; kill++) {
        await afterRounds(out, rounds(out) + 1, coordinator, running);
        running.child.kill('SIGKILL');
        await running.finished;
        running = worker();
      }
      for (const { code, stderr } of await Promise.all([running.finished, coordinator.finished])) {
        expect(code, stderr).to.equal(0);
      }
      if (state.length === 0) {
        expect(readdirSync(join(cwd, 'runs', 'workers'))).to.deep.equal([`127.0.0.1-${port}-1`]);
      }
      const whole = await simulate(readRecipe(file), { threads: 1 });
      const ended = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { weightsSha256: string };
      expect(ended.weightsSha256).to.equal(whole.record.weightsSha256);
    });
  }

  it('a second coordinator, simulation or worker is refused with who has the folder, and harms nothing', async () => {
    const file = folder.write('two.yaml', recipe(6));
    const out = folder.path('two');
    const port = await freePort();
    const coordinator = startServer(file, out, '--port', `${port}`, '--resume');
    await afterListening(coordinator);
    const holder = `in use by process ${coordinator.child.pid}`;
    const seconds: readonly (readonly string[])[] = [
      ['serve', file, '--out', out, '--port', '0', '--resume'],
      ['simulate', file, '--out', out, '--resume'],
      ['launch', file, '--out', out, '--resume'],
    ];
    for (const words of seconds) {
      const { code, stderr } = await murmur(words);
      expect(stderr)
        .to.include(`${out} is ${holder}`)
        .and.to.match(/wait for its end or stop it/);
      expect(code, stderr).to.equal(2);
    }
    const state = folder.path('two-worker');
    const worker = startWorker(port, state);
    await afterRounds(out, 1, coordinator, worker);
    for (const { code, stderr } of await Promise.all([coordinator.finished, worker.finished])) {
      expect(code, stderr).to.equal(0);
    }
    expect(rounds(out)).to.equal(6);
    expect(readdirSync(out)).not.to.include('in-use');
  });

  it('a second worker on one state is refused with who has it', async () => {
    const state = folder.path('busy');
    // Nobody listens: the first goes on trying.
    const port = await freePort();
    const first = startMurmur(['join', `ws://127.0.0.1:${port}`, '--state', state]);
    await afterLog(first);
    const { code, stderr } = await startWorker(port, state).finished;
    expect(stderr).to.include(`${state} is in use by process ${first.child.pid} on`);
    expect(stderr).to.include('give this one another --state');
    expect(code).to.equal(2);
    first.child.kill('SIGTERM');
    await first.finished;
    expect(readdirSync(state)).to.deep.equal([]);
  });
});

const afterLog = ({ child }: Running, text = '') =>
  new Promise<void>((resolve) => {
    let heard = '';
    child.stderr?.on('data', (part: Buffer) => {
      heard += part.toString();
      if (heard.includes(text)) resolve();
    });
  });

const afterListening = (running: Running) => afterLog(running, 'listening on');
