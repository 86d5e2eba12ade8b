import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { estimateRun } from '../../simulator/estimate.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('the estimate of a run', () => {
  for (const after of ['aggregation', 'training']) {
    for (const kind of ['d-psgd', 'gossip', 'noloco']) {
      it(`is there for ${kind} whose models are evaluated after ${after}`, async () => {
        const recipe = smallRecipe({
          data: {
            dataset: { kind: 'synthetic', clients: 4, samplesPerClient: 10, dimension: 2, classes: 2 },
            partition: 'natural',
          },
          model: { kind: 'mlp', hidden: [] },
          algorithm: { kind, batchSize: 9, ...(kind === 'noloco' && { amount: { steps: 1 } }) },
          topology: 'complete',
          rounds: 1,
          evaluate: { after },
        });
        expect(await estimateRun(parseRecipe(recipe))).to.match(/expected: at most \d+ s on 1 thread /);
      });
    }
  }
});
