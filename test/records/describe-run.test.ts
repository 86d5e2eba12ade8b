import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { smallRecipe } from '../support/small-recipe.js';

describe("a run's record", () => {
  it('has the accuracy on the test set, also where validation was evaluated after it', async () => {
    const data = {
      dataset: { kind: 'mnist', limit: 600 },
      partition: { kind: 'iid', clients: 5 },
      validation: { fraction: 0.1, from: 'train' },
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

  const recordOf = async (algorithm: object, topology: unknown, nodes: number, more: object = {}) => {
    const recipe = smallRecipe({
      data: {
        dataset: { kind: 'synthetic', clients: nodes, samplesPerClient: 10, dimension: 2, classes: 2 },
        partition: 'natural',
      },
      model: { kind: 'mlp', hidden: [] },
      algorithm: { batchSize: 9, ...algorithm },
      topology,
      rounds: 1,
      ...more,
    });
    const { record } = await simulate(parseRecipe(recipe), { threads: 1 });
    return record.topology;
  };

  it('has the spectral gap of the matrix that the run mixes with', async () => {
    // Star of 5 with the plain mean: eigenvalues 1, 1/2 (of the leaves' differences) and 1/5 − 1/2. Push-sum's columns
    // on it are that matrix's transpose. Metropolis–Hastings has 1 − 1/5.
    const gapOf = async (kind: string, more?: object) =>
      (await recordOf({ kind }, 'star', 5, more))?.spectralGap;
    expect(await gapOf('d-psgd', { mixing: 'uniform' })).to.be.closeTo(0.5, 1e-9);
    expect(await gapOf('push-sum')).to.be.closeTo(0.5, 1e-9);
    expect(await gapOf('d-psgd')).to.be.closeTo(0.2, 1e-9);
  });

  it('has the spectral gap of rounds that repeat, and of random ones its standard error', async () => {
    const peers = await recordOf({ kind: 'push-sum' }, 'one-peer-exponential', 4);
    expect(peers).to.include({ spectralGap: 1, agreeAfter: 2 });
    const pairs = await recordOf({ kind: 'd-psgd' }, 'random-matching', 6);
    const error = pairs?.spectralGapError ?? NaN;
    expect(error).to.be.within(1e-4, 0.02);
    expect(pairs?.spectralGap).to.be.closeTo(1 - Math.sqrt(0.4), 4 * error);
  });

  it('has the spectral gap of what merging by the mean amounts to, in rounds', async () => {
    // Every neighbour's model: the plain mean on the star.
    const whole = await recordOf({ kind: 'epidemic' }, 'star', 5);
    expect(whole).to.deep.include({ kind: 'star' }).and.not.have.property('spectralGapError');
    expect(whole?.spectralGap).to.be.closeTo(0.5, 1e-9);
    const half = await recordOf({ kind: 'gossip', fanout: 'all', share: 0.5 }, 'ring', 6);
    // Eigenvalues 1/2 + cos(πk/3) / 2.
    expect(half?.spectralGap).to.be.closeTo(1 / 4, 1e-9);
    // Each of three takes half of a random other: the mean of W ⊗ W over the eight draws has 3/16 on differences.
    const drawn = await recordOf({ kind: 'gossip', protocol: 'pull', share: 0.5 }, 'complete', 3);
    const error = drawn?.spectralGapError ?? NaN;
    expect(drawn?.spectralGap).to.be.closeTo(1 - Math.sqrt(3 / 16), 4 * error);
  });

  it('has no spectral gap where the algorithm does not mix by a matrix', async () => {
    for (const [algorithm, more] of [
      [{ kind: 'noloco', amount: { steps: 1 } }, {}],
      [{ kind: 'gossip', merge: 'coordinate-median', fanout: 'all' }, {}],
      [{ kind: 'gossip' }, { schedule: { kind: 'asynchronous' } }],
      [{ kind: 'push-sum' }, { schedule: { kind: 'asynchronous' } }],
    ] as const) {
      const topology = await recordOf(algorithm, 'complete', 4, more);
      expect(topology, algorithm.kind).to.have.property('kind').and.not.to.equal(undefined);
      expect(topology, algorithm.kind).not.to.have.property('spectralGap');
    }
  });
});
