import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('looking before a run', () => {
  const folder = temporaryFolder();

  it('murmur topology describes a graph and draws it', async () => {
    const drawing = folder.path('ring.svg');
    const { code, stdout } = await murmur(['topology', 'ring', '--nodes', '12', '--out', drawing]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/edges +12/)
      .and.match(/diameter +6/);
    // (2/3)(1 − cos(2π/12)), the closed form of a ring with weights 1/3.
    expect(stdout).to.match(/spectral gap +0\.08932/);
    expect(readFileSync(drawing, 'utf8')).to.match(/^<svg[\s\S]*<\/svg>\s*$/);
  });

  it('murmur topology takes a mixing matrix with its options', async () => {
    const mixing = '{kind: row-stochastic, selfWeight: 0.9}';
    const { code, stdout } = await murmur(['topology', 'ring', '--nodes', '12', '--mixing', mixing]);
    expect(code).to.equal(0);
    // 0.1 (1 − cos(2π/12))
    expect(stdout).to.match(/spectral gap +0\.0134 /);
  });

  it('murmur topology refuses a graph that cannot exist and says what would work', async () => {
    const { code, stderr } = await murmur(['topology', 'regular', '--nodes', '5', '--set', 'degree=3']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('use degree 2 or 4');
    const unknown = await murmur(['topology', 'rign', '--nodes', '5']);
    expect(unknown.stderr).to.contain("did you mean 'ring'");
    const wrong = await murmur(['topology', 'regular', '--nodes', '5', '--set', 'degree=x']);
    expect(wrong.stderr).to.contain("--set degree: write a number, not 'x'");
  });

  it('murmur list alone names everything', async () => {
    expect((await murmur(['list'])).stdout).to.match(/^algorithms\n +fedsgd, fedavg,[\s\S]*\nmerge-rules\n/);
  });

  it('murmur list WHAT NAME tells of one, and of the nearest to one that is not there', async () => {
    const { stdout } = await murmur(['list', 'algorithms', 'fedavg']);
    expect(stdout)
      .to.match(/^fedavg\n[^]*\n +amount \(/)
      .and.not.match(/\n\w/);
    const unknown = await murmur(['list', 'algorithms', 'fedagv']);
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.contain("did you mean 'fedavg'");
  });

  it('murmur data partition measures the skew and draws it', async () => {
    const recipe = folder.write('recipe.yaml', smallRecipe());
    const drawing = folder.path('partition.svg');
    const { code, stdout } = await murmur(['data', 'partition', recipe, '--plot', drawing]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^10 clients: 100 examples each, \d\.\d of 10 classes in effect/);
    expect(readFileSync(drawing, 'utf8')).to.contain('Labels by client');
  });
});
