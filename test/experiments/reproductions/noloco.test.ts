/** NoLoCo's reproduction: what a run records, times, correlations, and what the page says. */
import { expect } from 'chai';
import { cellOf, measure, type Curve } from '../../../experiments/reproductions/noloco/cells.js';
import { noloco } from '../../../experiments/reproductions/noloco/index.js';
import { page } from '../../../experiments/reproductions/noloco/page.js';
import { correlation, final, ratesOf, slope } from '../../../experiments/reproductions/noloco/recorded.js';
import { ablationOf, comparison, RATE } from '../../../experiments/reproductions/noloco/settings.js';
import { outerTimes, timeTo } from '../../../experiments/reproductions/noloco/times.js';
import { outerSetting } from '../../../experiments/reproductions/noloco/tables.js';
import { recipeSchema } from '../../../recipe/index.js';

const curve = (changes: Partial<Curve> = {}): Curve => ({
  steps: [50, 100, 150],
  replicaAccuracy: [0.5, 0.92, 0.95],
  replicaLoss: [1, 0.5, 0.2],
  averageAccuracy: [0.5, 0.92, 0.96],
  averageLoss: [1, 0.5, 0.2],
  spread: [0.1, 0.2, 0.1],
  bytes: [1, 2, 3],
  worst: 0.9,
  best: 0.97,
  parameters: 10,
  ended: 'rounds',
  ...changes,
});

describe('a run of the comparison', () => {
  it('is measured after its outer steps', async () => {
    const [written] = comparison.filter(({ method, replicas }) => method === 'noloco' && replicas === 4);
    const recipe = recipeSchema.parse({
      ...cellOf(written, 1).recipe,
      data: { dataset: { kind: 'synthetic', clients: 4, samplesPerClient: 50 }, partition: 'natural' },
      model: 'logistic',
      rounds: 3,
    });
    const measured = await measure(recipe, { threads: 1 }, 50);
    expect(measured.steps).to.deep.equal([50, 100, 150]);
    expect(measured.replicaLoss).to.have.length(3);
    expect(measured.averageLoss).to.have.length(3);
    expect(Math.min(...measured.spread)).to.be.greaterThan(0);
    // φ and Δ from each of four replicas.
    expect(measured.bytes[0]).to.equal(4 * 2 * 4 * measured.parameters);
  });

  it('starts slowly, and ends at a tenth of the rate', () => {
    const rates = ratesOf(curve({ steps: [50, 100, 150, 1000] }));
    expect(rates[0]).to.be.closeTo((RATE * 25.5) / 101, 1e-12);
    expect(rates[2])
      .to.be.lessThan(RATE)
      .and.greaterThan(0.98 * RATE);
  });
});

describe('what is derived from runs', () => {
  it('is a correlation and a slope', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).to.be.closeTo(1, 1e-12);
    expect(correlation([1, 2, 3], [1, 3, 1])).to.be.closeTo(0, 1e-12);
    expect(slope([1, 2, 3], [5, 7, 9])).to.be.closeTo(2, 1e-12);
  });

  it('is no accuracy where a run diverged', () => {
    expect(final([curve(), curve({ replicaAccuracy: [0.5, 0.92, 0.97] })], 'replicaAccuracy')).to.be.closeTo(
      0.96,
      1e-12,
    );
    expect(final([curve(), curve({ ended: 'diverged' })], 'replicaAccuracy')).to.equal(undefined);
  });

  it('is the virtual time of the outer step that reached a target', () => {
    expect(timeTo(0.9, curve(), 'noloco', 8, 1)).to.equal(outerTimes('noloco', 8, 1)[1]);
    expect(timeTo(0.99, curve(), 'noloco', 8, 1)).to.equal(undefined);
  });
});

describe("the reproduction of NoLoCo's results", () => {
  it('has a recipe of its own for every cell, and each can be read', () => {
    for (const { recipe, name } of noloco.cells) {
      expect(recipeSchema.safeParse(recipe).success, name).to.equal(true);
    }
    expect(new Set(noloco.cells.map(({ recipe }) => JSON.stringify(recipe))).size).to.equal(
      noloco.cells.length,
    );
  });

  it('takes the published setting from the comparison', () => {
    expect(outerSetting('iid', 0.5, 0.7)).to.deep.equal(ablationOf('iid', {}));
    expect(outerSetting('iid', 0.9, 0.7)).to.deep.equal(ablationOf('iid', { alpha: 0.9, gamma: 0.7 }));
  });

  it('says what holds from what is recorded alone', () => {
    const model = { allReduce: '', blocking: '', language: '' };
    expect(page(() => [], [], model))
      .to.contain('Not judged yet')
      .and.not.to.match(/NaN|undefined|Infinity/);
    const text = page(
      ({ method }) => (method.startsWith('diloco') || method === 'noloco' ? [curve()] : []),
      [],
      model,
    );
    expect(text).to.contain('| MNIST | IID | 8 | 95.0 | 95.0 | 95.0 |  |  | 1 |');
  });
});
