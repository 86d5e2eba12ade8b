import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { smallRecipe } from '../support/small-recipe.js';

describe("a run's record", () => {
  it('has the accuracy on the test set, also where validation was evaluated after it', async () => {
    const data = {
      dataset: { kind: 'mnist', limit: 600 },
      partition: { kind: 'iid', clients: 5 },
      validation: { share: 0.1, of: 'train' },
    };
    const recipe = parseRecipe(smallRecipe({ data, rounds: 2, evaluate: { on: ['test', 'validation'] } }));
    const { record, events } = await simulate(recipe, { threads: 1 });
    const [test, validation] = (['test', 'validation'] as const).map((on) =>
      events.filter((event) => event.type === 'evaluation').findLast((event) => event.on === on),
    );
    expect(record).to.include({ accuracy: test?.accuracy, loss: test?.loss, evaluatedOn: 'test' });
    expect(record.accuracy).not.to.equal(validation?.accuracy);
  });

  it("has the clients' mean accuracy where only their own examples were evaluated", async () => {
    const recipe = parseRecipe(smallRecipe({ rounds: 1, evaluate: { on: ['clients'] } }));
    const { record, events } = await simulate(recipe, { threads: 1 });
    const clients = events.findLast((event) => event.type === 'clients');
    expect(record).to.include({ accuracy: clients?.mean, evaluatedOn: 'clients' });
    expect(record).not.to.have.property('loss');
  });
});
