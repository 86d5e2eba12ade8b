import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { outsidePlugin } from '../support/outside-plugin.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('example plugins', () => {
  const folder = temporaryFolder();

  it('of an algorithm runs on two threads, and with a whole step is FedAvg to the bit', async () => {
    const recipe = folder.write('recipe.yaml', smallRecipe());
    const hash = async (...args: string[]) => {
      const { stdout, stderr } = await murmur([
        'simulate',
        recipe,
        '--out',
        folder.path(`run-${args.length}`),
        ...args,
      ]);
      return /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1] ?? stderr;
    };
    const plugin = [
      '--plugin',
      'examples/half-step.js',
      '--set',
      'algorithm.kind=half-step',
      '--threads',
      '2',
    ];
    const fedavg = await hash();
    expect(fedavg).to.match(/^[0-9a-f]{64}$/);
    expect(await hash(...plugin, '--set', 'algorithm.step=1')).to.equal(fedavg);
    expect(await hash(...plugin))
      .to.match(/^[0-9a-f]{64}$/)
      .and.not.equal(fedavg);
  });

  it('of a dataset, a partition, a model and a topology run together, the same on one thread and on two', async () => {
    const files = ['wheel', 'rings', 'funnel', 'dealt'].flatMap((name) => [
      '--plugin',
      `examples/${name}.js`,
    ]);
    const results = ['1', '2'].map(async (threads) => {
      const run = [
        'simulate',
        'examples/own-parts.yaml',
        ...files,
        '--threads',
        threads,
        '--set',
        'rounds=10',
      ];
      const { code, stdout, stderr } = await murmur([...run, '--out', folder.path(`parts-${threads}`)]);
      expect(code, stderr).to.equal(0);
      expect(Number(/accuracy {2}([\d.]+) %/.exec(stdout)?.[1])).to.be.above(80);
      return /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1];
    });
    const [one, two] = await Promise.all(results);
    expect(one)
      .to.match(/^[0-9a-f]{64}$/)
      .and.equal(two);
  });

  it('of a merge rule merges messages that carry parts of models, the same on one thread and on two', async () => {
    const hashes = new Set<string | undefined>();
    for (const message of ['partitioned', 'sampled'] as const) {
      const options = { partitioned: { parts: 3 }, sampled: { fraction: 0.3 } }[message];
      const recipe = folder.write(
        `midrange-${message}.yaml`,
        JSON.stringify({
          data: { dataset: { kind: 'synthetic', clients: 4, dimension: 6 }, partition: 'natural' },
          model: 'logistic',
          topology: 'ring',
          algorithm: {
            ...{ kind: 'gossip', batchSize: 10, optimizer: { learningRate: 0.1 } },
            ...{ merge: 'midrange', message: { kind: message, ...options } },
          },
          rounds: 2,
        }),
      );
      const results = ['1', '2'].map(async (threads) => {
        const out = folder.path(`midrange-${message}-${threads}`);
        const plugin = ['--plugin', 'examples/midrange.js', '--threads', threads];
        const { stdout, stderr } = await murmur(['simulate', recipe, ...plugin, '--out', out]);
        return /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1] ?? stderr;
      });
      const [one, two] = await Promise.all(results);
      expect(one)
        .to.match(/^[0-9a-f]{64}$/)
        .and.equal(two);
      hashes.add(one);
    }
    expect(hashes.size).to.equal(2);
  });

  it('topologies say what is wrong, and what they are like', async () => {
    const about = (nodes: string) =>
      murmur(['topology', 'wheel', '--nodes', nodes, '--set', 'spokes=3', '--plugin', 'examples/wheel.js']);
    expect((await about('10')).stdout).to.match(/edges +12/);
    const small = await about('3');
    expect([small.code, small.stderr]).to.deep.equal([
      2,
      'murmur: a wheel has a hub and a rim of at least 3 nodes, not 3 in all\n',
    ]);
  });

  it('outside every package imports murmuration-fl, on one thread and in two', async () => {
    const file = folder.write('outside.mjs', outsidePlugin);
    const recipe = folder.write('outside.yaml', smallRecipe());
    const hash = async (out: string, ...args: string[]) => {
      const { stdout, stderr } = await murmur(['simulate', recipe, '--out', folder.path(out), ...args]);
      return /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1] ?? stderr;
    };
    const plugin = ['--plugin', file, '--set', 'algorithm.kind=outside', '--threads'];
    const [plain, one, two] = await Promise.all([
      hash('plain', '--threads', '1'),
      hash('one', ...plugin, '1'),
      hash('two', ...plugin, '2'),
    ]);
    expect(plain).to.match(/^[0-9a-f]{64}$/);
    expect(one).to.equal(plain);
    expect(two).to.equal(plain);
  });
});
