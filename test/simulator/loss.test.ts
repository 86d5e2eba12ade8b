/** Recipes with a loss of their own: the same bits on any number of threads; what cannot be is refused. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildModel, encodeSafetensors, initialWeights, models } from '../../learning/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

describe("a recipe's loss", () => {
  const folder = temporaryFolder();
  const teacher = folder.path('teacher.safetensors');
  const recipeOf = (loss?: unknown) =>
    parseRecipe(smallRecipe({ rounds: 2, ...(loss !== undefined && { loss }) }));

  before(() => {
    const big = buildModel(models.create({ kind: 'mlp', hidden: [30] }, { input: [28, 28, 1], classes: 10 }));
    const saved = { values: initialWeights(big, 4), manifest: big.manifest };
    writeFileSync(teacher, encodeSafetensors(saved));
  });

  it('changes the run, in the same bits on one thread and on two', async () => {
    const losses = [
      undefined,
      { kind: 'cross-entropy', labelSmoothing: 0.1 },
      'squared-error',
      { kind: 'distillation', teacher, model: { kind: 'mlp', hidden: [30] }, weight: 0.3 },
    ];
    const hashes = new Set<string>();
    for (const loss of losses) {
      const { record } = await simulate(recipeOf(loss), { threads: 1 });
      hashes.add(record.weightsSha256);
    }
    const [last] = losses.slice(-1);
    expect(hashes).to.include((await simulate(recipeOf(last), { threads: 2 })).record.weightsSha256);
    expect(hashes.size).to.equal(losses.length);
    const plain = await simulate(recipeOf('cross-entropy'), { threads: 1 });
    expect(hashes).to.include(plain.record.weightsSha256);
  });

  it('records what its teacher was, and refuses one that is not there or does not fit', () => {
    const distillation = { kind: 'distillation', teacher };
    const model = { kind: 'mlp', hidden: [30] };
    const { checksums } = buildFederation(recipeOf({ ...distillation, model }));
    expect(checksums).to.include.keys('loss.teacher');
    expect(() => buildFederation(recipeOf(distillation))).to.throw(
      /^loss: .*teacher.safetensors: tensor .* shape/,
    );
    expect(() => buildFederation(recipeOf({ ...distillation, teacher: 'none.safetensors' }))).to.throw(
      'loss: none.safetensors: there is no such file',
    );
    expect(() => recipeOf('hinge')).to.throw("unknown loss 'hinge'");
  });
});
