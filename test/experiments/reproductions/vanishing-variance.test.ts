/** What averaging leaves of the variance: the closed forms, compared with the simulator; and how rounds are counted. */
import { expect } from 'chai';
import { measure, type Curve } from '../../../experiments/reproductions/vanishing-variance/cells.js';
import {
  afterMerges,
  afterOneMerge,
} from '../../../experiments/reproductions/vanishing-variance/closed-form.js';
import { vanishingVariance } from '../../../experiments/reproductions/vanishing-variance/index.js';
import { meanRoundsTo, roundsTo } from '../../../experiments/reproductions/vanishing-variance/recorded.js';
import { tracedRecipe } from '../../../experiments/reproductions/vanishing-variance/recipes.js';
import type { Merge } from '../../../experiments/reproductions/vanishing-variance/settings.js';
import { recipeSchema } from '../../../recipe/index.js';
import { topologies } from '../../../topologies/index.js';

const graph = (kind: string, nodes: number) =>
  topologies.create({ kind }, { seed: 1, nodes, readFile: () => '' }).at(0);

describe('what averaging independent models leaves of their variance', () => {
  it('after one merge is β² + (1 − β)²/N', () => {
    expect(afterOneMerge(0, 8)).to.equal(0.125);
    expect(afterOneMerge(0.5, 8)).to.equal(0.28125);
    expect(afterOneMerge(0.5, 50)).to.be.closeTo(0.255, 1e-12);
  });

  it('after merges on a ring of four is Σⱼ(Mᵗ)ᵢⱼ²: by hand 3/8, then 9/32', () => {
    // M's rows are ½, ¼, 0, ¼; those of M² are 3/8, ¼, 1/8, ¼.
    const left = afterMerges(graph('ring', 4), 0.5, 2);
    expect(left[0]).to.be.closeTo(3 / 8, 1e-12);
    expect(left[1]).to.be.closeTo(9 / 64 + 1 / 16 + 1 / 64 + 1 / 16, 1e-12);
  });

  it('falls to 1/nodes on a regular graph, and not so far on a star', () => {
    expect(afterMerges(graph('complete', 10), 0.5, 40)[39]).to.be.closeTo(0.1, 1e-9);
    // Of the stationary distribution half is the hub's: ¼ + 9 · (1/18)².
    expect(afterMerges(graph('star', 10), 0.5, 200)[199]).to.be.closeTo(1 / 4 + 1 / 36, 1e-9);
  });

  /** Round 1 of the real thing: every node trains one batch and merges once. */
  async function firstRound(merge: Merge): Promise<Curve> {
    const written = tracedRecipe(
      { model: '2NN', split: 'IID', topology: '8-regular', init: 'own', merge },
      1,
    );
    const recipe = recipeSchema.parse({
      ...written,
      data: { dataset: { kind: 'synthetic' }, partition: { kind: 'iid', clients: 20 } },
      model: { kind: 'mlp', hidden: [100, 100] },
      rounds: 1,
    });
    return measure(recipe, { threads: 1 });
  }

  it('is what nodes with own initialisations have after their first plain merge', async () => {
    const { varianceRatio } = await firstRound('mean');
    const hidden = varianceRatio['dense2/kernel'];
    expect(hidden[0]).to.be.closeTo(afterOneMerge(0.5, 8), 0.01);
  });

  it('is made up for by the correction', async () => {
    const { varianceRatio, correction } = await firstRound('variance-corrected');
    expect(varianceRatio['dense2/kernel'][0]).to.be.closeTo(1, 0.02);
    expect(correction[0]).to.be.closeTo(1 / Math.sqrt(afterOneMerge(0.5, 8)), 0.03);
  });
});

describe('rounds to an accuracy of the nodes', () => {
  const curve = (...accuracy: number[]): Curve => ({
    rounds: accuracy.map((_, i) => 10 * (i + 1)),
    accuracy,
    varianceRatio: {},
    correction: accuracy.map(() => null),
    relativeConsensusDistance: accuracy.map(() => 0),
    ended: 'rounds',
  });

  it('are interpolated between two measurements, the first of them at chance', () => {
    expect(roundsTo(0.8, curve(0.5, 0.7, 0.9))).to.be.closeTo(25, 1e-9);
    expect(roundsTo(0.3, curve(0.5, 0.7))).to.be.closeTo(5, 1e-9);
    expect(roundsTo(0.8, curve(0.5, 0.7))).to.equal(undefined);
  });

  it('are a mean over seeds only where every seed came there', () => {
    expect(meanRoundsTo(0.8, [curve(0.5, 0.7, 0.9), curve(0.8)])).to.be.closeTo(17.5, 1e-9);
    expect(meanRoundsTo(0.8, [curve(0.5, 0.7, 0.9), curve(0.7)])).to.equal(undefined);
  });
});

describe('the reproduction of the vanishing variance', () => {
  it('has a recipe of its own for every cell, and each can be read', () => {
    for (const { recipe, name } of vanishingVariance.cells) {
      expect(recipeSchema.safeParse(recipe).success, name).to.equal(true);
    }
    const recipes = vanishingVariance.cells.map(({ recipe }) => JSON.stringify(recipe));
    expect(new Set(recipes).size).to.equal(recipes.length);
  });

  it('leaves cells empty where nothing has run', () => {
    const page = vanishingVariance.files(() => undefined)['docs/vanishing-variance.md'];
    expect(page).to.contain('| 2NN | IID | ring |  |  |  |  |  |');
  });
});
