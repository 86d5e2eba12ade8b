import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readEvents } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('an algorithm of two kinds of rounds, loaded as a plugin', () => {
  const folder = temporaryFolder();
  const plugin = fileURLToPath(new URL('../algorithms/two-round-plugin.js', import.meta.url));
  const recipe = folder.write('recipe.yaml', smallRecipe({ algorithm: 'two-round', rounds: 5 }));

  it('is evaluated where it has a whole model, and ends in the same bits on 1 thread and on 2', async () => {
    for (const threads of ['1', '2']) {
      const out = ['--out', folder.path(threads)];
      const { code, stderr } = await murmur([
        ...['simulate', recipe, '--plugin', plugin],
        ...['--threads', threads],
        ...out,
      ]);
      expect(code, stderr).to.equal(0);
    }
    expect(outcome(folder.path('2'))).to.deep.equal(outcome(folder.path('1')));
    const events = readEvents(folder.path('1'));
    const rounds = (type: string) => events.filter((e) => e.type === type).map(({ round }) => round);
    expect(rounds('round')).to.deep.equal([1, 2, 3, 4, 5]);
    // Round 5 is the last: what is evaluated then is the last whole model, of round 4.
    expect(rounds('evaluation')).to.deep.equal([2, 4, 5]);
    const losses = events.flatMap((e) => (e.type === 'evaluation' ? [e.loss] : []));
    expect(losses[2]).to.equal(losses[1]);
    expect(losses[1]).to.be.below(losses[0]);
  });
});
