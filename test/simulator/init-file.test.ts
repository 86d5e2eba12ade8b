import { expect } from 'chai';
import { buildModel, encodeSafetensors } from '../../learning/index.js';
import { parseRecipe, RecipeError } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('init.file', () => {
  const folder = temporaryFolder();
  const run = (fields: Record<string, unknown>, out?: string) =>
    simulate(parseRecipe(smallRecipe(fields)), { threads: 1, ...(out !== undefined && { out }) });

  async function refusal(file: string, model = 'mlp'): Promise<string> {
    try {
      await run({ init: { file }, ...(model === 'logistic' && { model }) });
    } catch (error) {
      if (error instanceof RecipeError) return error.message;
      throw error;
    }
    return 'none';
  }

  it('starts from the weights that another run ended with', async () => {
    const first = await run({}, folder.path('first'));
    const file = folder.path('first', 'model.safetensors');
    const nothingHappens = await run({ init: { file }, clients: { dropout: 1 }, rounds: 1 });
    expect(nothingHappens.record.weightsSha256).to.equal(first.record.weightsSha256);
    expect(nothingHappens.record.accuracy).to.equal(first.record.accuracy);
  });

  it('is refused where it is not there, not whole, or of another model', async () => {
    expect(await refusal(folder.path('none'))).to.match(/init\.file .*none: there is no such file/);
    const broken = folder.write('broken.safetensors', 'no tensors here at all');
    expect(await refusal(broken)).to.match(/init\.file .*broken\.safetensors: .*safetensors/);
    const other = buildModel({ input: [20, 20], layers: [{ kind: 'dense', units: 10, activation: 'none' }] });
    const values = new Float32Array(other.manifest.length);
    const small = folder.write('small.safetensors', encodeSafetensors({ values, manifest: other.manifest }));
    expect(await refusal(small)).to.match(/small\.safetensors: it has 2 tensors, the model has 4$/);
    expect(await refusal(small, 'logistic')).to.match(
      /dense1\/kernel has the shape \[400, 10\] where the model's dense1\/kernel has \[784, 10\]$/,
    );
  });
});
