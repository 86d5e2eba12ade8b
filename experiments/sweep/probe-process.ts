/** The program of a child process that answers a question about recipes. */
import { loadPlugins, federationOn, loadDataset, type Recipe } from '../../recipe/index.js';
import { canonicalJson } from '../../numerics/index.js';
import { expectRun } from '../../simulator/index.js';
import type { FromProbe, ToProbe } from './probe.js';

process.on('message', (question: ToProbe) => {
  void answer(question).then((said) => process.send?.(said, () => process.exit()));
});
process.on('disconnect', () => process.exit());

async function answer(asked: ToProbe): Promise<FromProbe> {
  try {
    await loadPlugins(asked.plugins);
    if (asked.question === 'validity') return checkAll(asked.recipes);
    const { question, recipe } = asked;
    if (question === 'data') return { type: 'data', checksums: loadDataset(recipe).checksums };
    const { seconds, memoryMiB } = await expectRun(recipe);
    return { type: 'answer', seconds, memoryMiB };
  } catch (error) {
    return { type: 'error', message: sentenceOf(error) };
  }
}

const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Sends an answer for each recipe but the last, whose answer it returns. Recipes of one dataset follow each other. */
function checkAll(recipes: readonly Recipe[]): FromProbe {
  const places = recipes.map((recipe, index) => ({ recipe, index, data: dataKey(recipe) }));
  places.sort((a, b) => (a.data < b.data ? -1 : a.data > b.data ? 1 : a.index - b.index));
  let loaded: { readonly data: string; readonly dataset: ReturnType<typeof loadDataset> } | undefined;
  let last: FromProbe = { type: 'error', message: 'there is no recipe to check' };
  for (const [place, { recipe, index, data }] of places.entries()) {
    try {
      if (loaded?.data !== data) loaded = { data, dataset: loadDataset(recipe) };
      federationOn(recipe, loaded.dataset);
      last = { type: 'checked', index };
    } catch (error) {
      last = { type: 'checked', index, refused: sentenceOf(error) };
    }
    if (place < places.length - 1) process.send?.(last);
  }
  return last;
}

/** Made-up data are drawn with the recipe's seed. */
const dataKey = ({ data, seed }: Recipe) => canonicalJson([data.dataset, seed]);
