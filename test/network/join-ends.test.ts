/** `murmur join` exits as docs/cli.md says, whatever ends it: each as real processes. */
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { startMurmur, type Running } from '../support/murmur.js';
import { afterRounds, freePort, startServer, tinyRecipe } from '../support/network.js';

interface End {
  /** The recipe's fields; without them there is no coordinator. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  readonly url?: (port: number) => string;
  readonly token?: string;
  /** What happens once the worker takes part, or has tried to. */
  readonly act?: (worker: Running) => void;
  readonly worker: readonly [code: number, sentence: RegExp];
  readonly coordinator?: number;
}

const long = { rounds: 100_000, evaluate: { every: 1000 } };
const algorithm = { kind: 'fedavg', fraction: 0.5, amount: { epochs: 2 }, batchSize: 10 };
const signal = (name: NodeJS.Signals) => (worker: Running) => worker.child.kill(name);

const ends: Readonly<Record<string, End>> = {
  'the run is over': { recipe: {}, worker: [0, /The run is over/], coordinator: 0 },
  'SIGTERM, while it takes part': {
    recipe: long,
    act: signal('SIGTERM'),
    worker: [130, /stopped; the same command/],
  },
  'SIGINT, while it takes part': {
    recipe: long,
    act: signal('SIGINT'),
    worker: [130, /stopped; the same command/],
  },
  'SIGTERM, while no coordinator is there': {
    act: signal('SIGTERM'),
    worker: [130, /nothing listens at .*stopped/s],
  },
  'SIGINT, while no coordinator is there': {
    act: signal('SIGINT'),
    worker: [130, /nothing listens at .*stopped/s],
  },
  'training diverges': {
    recipe: { algorithm: { ...algorithm, kind: 'fedavgm', serverLearningRate: 1e38 }, rounds: 1 },
    worker: [3, /^murmur: The run has failed: training diverged in round \d/m],
    coordinator: 3,
  },
  'no update counts': {
    recipe: { network: { normBound: 1e-9 } },
    worker: [1, /^murmur: The run has failed: /m],
    coordinator: 1,
  },
  'the token is wrong': { recipe: long, token: 'wrong', worker: [2, /^murmur: the join token is wrong/m] },
  'TLS, where none is spoken': {
    recipe: long,
    url: (port) => `wss://127.0.0.1:${port}`,
    worker: [4, /^murmur: wss:.* does not speak TLS: connect to ws:\/\/127\.0\.0\.1/m],
  },
};

describe('murmur join', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  for (const [index, [name, end]] of Object.entries(ends).entries()) {
    it(`exits with ${end.worker[0]}: ${name}`, async () => {
      const port = await freePort();
      const out = folder.path(`out-${index}`);
      const recipe = folder.write(`${index}.yaml`, tinyRecipe(end.recipe));
      const serve = ['--port', `${port}`, '--token', 'right'];
      const coordinator = end.recipe && startServer(recipe, out, ...serve);
      const url = end.url?.(port) ?? `ws://127.0.0.1:${port}`;
      const more = [
        '--threads',
        '1',
        '--token',
        end.token ?? 'right',
        '--state',
        folder.path(`state-${index}`),
      ];
      const worker = startMurmur(['join', url, ...more]);
      if (end.act) {
        if (coordinator) await afterRounds(out, 1, coordinator, worker);
        else await new Promise((resolve) => worker.child.stderr?.once('data', resolve));
        end.act(worker);
      }
      const finished = await worker.finished;
      expect(finished.code, finished.stderr).to.equal(end.worker[0]);
      expect(finished.stderr).to.match(end.worker[1]);
      if (end.coordinator === undefined) coordinator?.child.kill('SIGTERM');
      expect((await coordinator?.finished)?.code).to.equal(coordinator && (end.coordinator ?? 130));
    });
  }
});
