import { readFileSync, renameSync } from 'node:fs';
import { expect } from 'chai';
import { buildModel, encodeSafetensors } from '../../learning/index.js';
import { parseRecipe, RecipeError } from '../../recipe/index.js';
import { sha256 } from '../../numerics/index.js';
import { InterruptedError, simulate } from '../../simulator/index.js';
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

  /** The same file with one number changed. */
  const changed = (bytes: Buffer) =>
    Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

  it('starts from the weights that another run ended with', async () => {
    const first = await run({}, folder.path('first'));
    const file = folder.path('first', 'model.safetensors');
    const nothingHappens = await run({ init: { file }, clients: { dropout: 1 }, rounds: 1 });
    expect(nothingHappens.record.weightsSha256).to.equal(first.record.weightsSha256);
    expect(nothingHappens.record.accuracy).to.equal(first.record.accuracy);
  });

  it('is named by its checksum in run.json, and a run does not go on from another', async () => {
    await run({}, folder.path('source'));
    const file = folder.write('start.safetensors', readFileSync(folder.path('source', 'model.safetensors')));
    const other = folder.path('source', 'other.safetensors');
    const recipe = parseRecipe(smallRecipe({ init: { file } }));
    const out = folder.path('stopped');
    const stop = new AbortController();
    const stopped = simulate(recipe, {
      threads: 1,
      out,
      signal: stop.signal,
      onEvent: () => {
        stop.abort();
      },
    });
    expect(await stopped.catch((error: unknown) => error)).to.be.instanceOf(InterruptedError);

    renameSync(file, other);
    folder.write('start.safetensors', changed(readFileSync(other)));
    const resumed = () => simulate(recipe, { threads: 1, out, resume: true });
    const refusal: unknown = await resumed().catch(String);
    expect(refusal).to.match(
      /stopped began with something else than there is now: the SHA-256 of init\.file is [0-9a-f]{64} then, and [0-9a-f]{64} now\. Put/,
    );

    renameSync(other, file);
    const { record } = await resumed();
    expect(record.checksums).to.include({ 'init.file': sha256(readFileSync(file)) });
    folder.write('start.safetensors', changed(readFileSync(file)));
    expect(await resumed().catch(String)).to.equal(refusal);
  });

  it('is refused where it is not there, not whole, or of another model', async () => {
    expect(await refusal(folder.path('none'))).to.match(/init\.file .*none: there is no such file/);
    const broken = folder.write('broken.safetensors', 'no tensors here at all');
    expect(await refusal(broken)).to.match(/init\.file .*broken\.safetensors: .*safetensors/);
    const other = buildModel({ input: [20, 20], layers: [{ kind: 'dense', units: 10, activation: 'none' }] });
    const values = new Float32Array(other.manifest.length);
    const small = folder.write('small.safetensors', encodeSafetensors({ values, manifest: other.manifest }));
    expect(await refusal(small)).to.match(
      /small\.safetensors: its tensors are not the model's: it lacks dense2\/kernel, dense2\/bias\. /,
    );
    expect(await refusal(small, 'logistic')).to.match(
      /dense1\/kernel has the shape \[400, 10\], the model's has \[784, 10\]$/,
    );
  });
});
