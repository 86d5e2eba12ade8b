import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('the example plugin', () => {
  const folder = temporaryFolder();

  it('runs on two threads, and with a whole step is FedAvg to the bit', async () => {
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
});
