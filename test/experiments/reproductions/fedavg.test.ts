/** FedAvg's reproduction: how rounds are counted, what the page says of them, and Figure 1 in small. */
import { expect } from 'chai';
import { roundsToTarget, type Count } from '../../../experiments/reproductions/fedavg/cells.js';
import { figure1, measureCurve } from '../../../experiments/reproductions/fedavg/figure-1.js';
import { fedavg } from '../../../experiments/reproductions/fedavg/index.js';
import { page } from '../../../experiments/reproductions/fedavg/page.js';
import type { Setting } from '../../../experiments/reproductions/fedavg/settings.js';
import { recipeSchema } from '../../../recipe/index.js';

describe('rounds to a target', () => {
  it('are interpolated between the two rounds that bracket it', () => {
    expect(roundsToTarget([0.5, 0.9, 0.96, 0.98], 0.97)).to.be.closeTo(3.5, 1e-9);
    expect(roundsToTarget([0.5, 0.97], 0.97)).to.equal(2);
  });

  it('are counted on the running maximum', () => {
    // The maximum before round 4 is 0.95, from round 2.
    expect(roundsToTarget([0.5, 0.95, 0.6, 0.99], 0.97)).to.be.closeTo(3.5, 1e-9);
  });

  it('are one where the first round is there, and none where no round is', () => {
    expect(roundsToTarget([0.98], 0.97)).to.equal(1);
    expect(roundsToTarget([0.5, 0.6], 0.97)).to.equal(undefined);
    expect(roundsToTarget([], 0.97)).to.equal(undefined);
  });
});

describe("the reproduction of FedAvg's tables", () => {
  it('plans twelve settings of the 2NN with three rates, seven of the CNN with one, and Figure 1', () => {
    const planned = fedavg.cells.filter(({ onRequest }) => onRequest !== true).map(({ name }) => name);
    expect(planned).to.have.length(2 + 3 * 12 + 7);
    expect(planned.filter((name) => name.startsWith('2nn/shards/')).length).to.equal(3 * 5);
    expect(planned.filter((name) => name.startsWith('cnn/')).sort()).to.deep.equal([
      'cnn/iid/C=0.1/E=1/B=10/rate=0.1',
      'cnn/iid/C=0.1/E=1/B=50/rate=0.1',
      'cnn/iid/C=0.1/E=5/B=10/rate=0.1',
      'cnn/iid/C=0.1/E=5/B=50/rate=0.1',
      'cnn/iid/C=0.2/E=5/B=10/rate=0.1',
      'cnn/iid/C=0/E=5/B=10/rate=0.1',
      'cnn/shards/C=0.1/E=1/B=10/rate=0.1',
    ]);
  });

  it('has recipes that can be run', () => {
    for (const { recipe, name } of fedavg.cells)
      expect(recipeSchema.safeParse(recipe).success, name).to.equal(true);
  });

  it('gives every cell a recipe of its own', () => {
    const recipes = new Set(fedavg.cells.map(({ recipe }) => JSON.stringify(recipe)));
    expect(recipes.size).to.equal(fedavg.cells.length);
  });

  const count = (roundsToTarget: number | null, bestAccuracy = 0.97): Count => ({
    roundsToTarget,
    rounds: 174,
    ended: roundsToTarget === null ? 'rounds' : 'target',
    bestAccuracy,
  });
  /** Table 1's row of C = 0.1 with B = 10, where IID has these runs. */
  const rowWith = (...runs: (Count | undefined)[]): string => {
    const of = ({ model, split, fraction, epochs, batch }: Setting) =>
      model === '2nn' && split === 'iid' && fraction === 0.1 && epochs === 1 && batch === 10 ? runs : [];
    const text = page(of, { same: undefined, own: undefined });
    return text.split('\n').find((line) => line.startsWith('| 0.1 | 87 ')) ?? '';
  };

  it('shows the best rate, and the ratio to the paper', () => {
    expect(rowWith(count(100), count(78.3), count(null))).to.equal(
      '| 0.1 | 87 | 78.3 (η = 0.1) | 0.90× | 664 |  |  |',
    );
  });

  it('says where rates are missing, where none reached the target, and nothing where nothing ran', () => {
    expect(rowWith(undefined, count(87), undefined)).to.contain('| 87.0 (η = 0.1, 1 of 3 rates) | 1.00× |');
    expect(rowWith(count(null, 0.9), count(null, 0.95), count(null, 0.8))).to.contain(
      '| > 174 (95.00 %, η = 0.1) |  |',
    );
    expect(rowWith()).to.equal('| 0.1 | 87 |  |  | 664 |  |  |');
  });

  it('lists the learning rates with every number', () => {
    expect(fedavg.files(() => undefined)['docs/fedavg.md']).to.contain('0.0464, 0.1 and 0.215');
  });
});

describe('Figure 1 of McMahan et al. 2017', () => {
  const measured = ({ recipe }: { recipe: unknown }) => measureCurve(recipeSchema.parse(recipe), 3, 3000);

  it('from one initialisation, the average is better than both models', () => {
    const { midpoint, parents } = measured(figure1.same);
    expect(midpoint).to.be.lessThan(0.95 * Math.min(...parents));
  });

  it('from different initialisations, it is far worse', () => {
    const { midpoint, parents, losses } = measured(figure1.own);
    expect(midpoint).to.be.greaterThan(1.8 * Math.max(...parents));
    expect(losses[1], 'the middle of three points').to.be.closeTo(midpoint, 1e-6);
  });
});
