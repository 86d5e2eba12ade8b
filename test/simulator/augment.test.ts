/** Recipes that crop and mirror training images: the same bits on any number of threads. */
import { expect } from 'chai';
// From the bundle, whose threads start four times faster than those of dist/.
import { parseRecipe, simulate } from 'murmuration-fl';
import { smallRecipe, trained } from '../support/small-recipe.js';

const mnist = { kind: 'mnist', limit: 400 };
const families = {
  federated: { algorithm: trained({ kind: 'fedavg', fraction: 0.5, amount: { epochs: 2 } }), rounds: 2 },
  gossip: {
    topology: 'ring',
    algorithm: { kind: 'd-psgd', amount: { steps: 3 }, optimizer: { learningRate: 0.1 } },
    rounds: 3,
  },
  'gossip by gradients': {
    topology: 'ring',
    algorithm: { kind: 'gradient-tracking', learningRate: 0.1 },
    rounds: 2,
  },
};

describe('data.augment in a recipe', () => {
  for (const [family, fields] of Object.entries(families)) {
    it(`changes a run, and threads do not: ${family}`, async () => {
      const run = async (augment: object | undefined, threads: number) => {
        const data = { dataset: mnist, partition: { kind: 'iid', clients: 4 }, ...(augment && { augment }) };
        const { record } = await simulate(parseRecipe(smallRecipe({ ...fields, data })), { threads });
        return record.weightsSha256;
      };
      const augmented = await run({ crop: 2, flip: true }, 1);
      expect(await run({ crop: 2, flip: true }, 2)).to.equal(augmented);
      const plain = await run(undefined, 1);
      expect(plain).not.to.equal(augmented);
      expect(await run({}, 1)).to.equal(plain);
    });
  }
});
