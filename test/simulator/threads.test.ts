import { expect } from 'chai';
// From the bundle, whose threads start four times faster than those of dist/.
import { parseRecipe, simulate } from 'murmuration-fl';
import { algorithmCases } from '../support/algorithm-cases.js';

describe('the number of threads', () => {
  for (const [name, text] of Object.entries(algorithmCases)) {
    it(`changes no bit of ${name}`, async () => {
      const recipe = parseRecipe(text);
      const runs = [];
      for (const threads of [1, 1, 2, 3]) {
        const { record, events } = await simulate(recipe, { threads });
        expect(record.threads).to.equal(threads);
        runs.push({ weights: record.weightsSha256, events });
      }
      expect(runs[0].events).to.have.lengthOf.at.least(6);
      for (const run of runs.slice(1)) expect(run).to.deep.equal(runs[0]);
    });
  }

  it('changes no bit, but the seed does', async () => {
    const text = Object.values(algorithmCases)[0];
    const [a, b] = await Promise.all(
      [5, 6].map((seed) => simulate(parseRecipe(text, { seed }), { threads: 1 })),
    );
    expect(a.record.weightsSha256).not.to.equal(b.record.weightsSha256);
  });
});
