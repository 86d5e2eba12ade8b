/** Real processes that are killed with SIGKILL: seven kills here, about two hundred by `npm run soak`. */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { stream } from '../../numerics/index.js';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import type { Running } from '../support/murmur.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

const KILLS = Number(process.env['MURMUR_KILLS'] ?? 3);
/** Rounds from one kill to the next. */
const APART = 6;

describe('processes that are killed', function () {
  // Several processes each: a loaded machine takes its time.
  this.timeout(240_000 + KILLS * 20_000);
  const folder = temporaryFolder();
  const rounds = { rounds: APART * (KILLS + 2), checkpoint: { seconds: 0.05 } };
  const recipes = {
    // Clients keep control variates: what is lost, or counted twice, shows in the bits.
    scaffold: tinyRecipe({
      algorithm: { kind: 'scaffold', fraction: 0.5, amount: { epochs: 4 }, batchSize: 4 },
      ...rounds,
    }),
    // Nodes keep everything; they return together, to where all of them were.
    gossip: tinyRecipe({
      algorithm: { kind: 'noloco', batchSize: 4, amount: { steps: 5 }, optimizer: { learningRate: 0.05 } },
      topology: 'complete',
      evaluate: { every: 4, nodes: 2, examples: 50 },
      ...rounds,
    }),
    // What they do depends on who is fast: the simulator does it again by its trace, which has no kills in it.
    asynchronous: tinyRecipe({
      algorithm: { kind: 'buffered-gossip', batchSize: 10, optimizer: { learningRate: 0.1, momentum: 0.9 } },
      topology: { kind: 'regular', degree: 4 },
      schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
      network: { tick: 0.003 },
      evaluate: { every: 4, nodes: 2, examples: 50 },
      ...rounds,
    }),
  };

  for (const [name, text] of Object.entries(recipes)) {
    const kills = name === 'scaffold' ? KILLS : Math.ceil(KILLS / 2);
    it(`${name}: workers and the coordinator, ${kills} times: they come back, and the run ends in the same bits`, async () => {
      const recipe = folder.write(`${name}.yaml`, text);
      const whole = folder.path(`${name}-whole`);
      const out = folder.path(`${name}-killed`);
      const port = await freePort();
      const worker = (index: number) => () =>
        startWorker(
          port,
          folder.path(`${name}-worker-${index}`),
          '--clients',
          `${3 * index}-${3 * index + 2}`,
          // One of the two can be reached by the other.
          ...(name !== 'scaffold' && index === 0 ? ['--listen', '127.0.0.1:0'] : []),
        );
      const coordinator = () => startServer(recipe, out, '--port', `${port}`, '--resume');
      const starts = [coordinator, worker(0), worker(1)];
      const processes: Running[] = starts.map((start) => start());
      const draw = stream(1, 'kills');
      for (let kill = 0; kill < kills; kill++) {
        await afterRounds(out, APART * (kill + 1), ...processes);
        await setTimeout(100 * draw());
        // The coordinator every other time, the workers in turn.
        const victim = kill % 2 === 0 ? 0 : 1 + ((kill >> 1) % 2);
        processes[victim].child.kill('SIGKILL');
        await processes[victim].finished;
        processes[victim] = starts[victim]();
      }
      for (const { code, stderr } of await Promise.all(processes.map(({ finished }) => finished))) {
        expect(code, stderr).to.equal(0);
      }
      const replay = name === 'asynchronous' ? { replay: out } : {};
      await simulate(readRecipe(recipe), { ...replay, out: whole, threads: 1 });
      expect(told(out)).to.deep.equal(told(whole));
    });
  }
});

/** What a run ended in, without how messages went between workers, and what only a run over a network tells. */
const told = (directory: string) => {
  const { metrics, ...ended } = outcome(directory);
  const both = metrics
    .replaceAll(/^{"type":"return".*\n/gm, '')
    .replaceAll(/,"bytes(Relayed|Direct)":\d+/g, '')
    .replaceAll(/,"trace":.*(?=}$)/gm, '');
  return { ...ended, metrics: both };
};
