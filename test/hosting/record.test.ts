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

  it('has the spectral gap of the matrix that the run mixes with', async () => {
    // Star of 5 with the plain mean: eigenvalues 1, 1/2 (of the leaves' differences) and 1/5 − 1/2. Push-sum's columns
    // on it are that matrix's transpose. Metropolis–Hastings has 1 − 1/5.
    const gapOf = async (kind: string, mixing?: string) => {
      const recipe = smallRecipe({
        data: {
          dataset: { kind: 'synthetic', clients: 5, samplesPerClient: 10, dimension: 2, classes: 2 },
          partition: 'natural',
        },
        model: { kind: 'mlp', hidden: [] },
        algorithm: { kind, batchSize: 9 },
        topology: 'star',
        rounds: 1,
        ...(mixing !== undefined && { mixing }),
      });
      const { record } = await simulate(parseRecipe(recipe), { threads: 1 });
      return record.topology?.spectralGap;
    };
    expect(await gapOf('d-psgd', 'uniform')).to.be.closeTo(0.5, 1e-9);
    expect(await gapOf('push-sum')).to.be.closeTo(0.5, 1e-9);
    expect(await gapOf('d-psgd')).to.be.closeTo(0.2, 1e-9);
  });
});
