/** The program of a child process that answers one question about one recipe. */
import { datasets, defaultDataHome } from '../../data/index.js';
import { loadPlugins } from '../../recipe/index.js';
import { expectRun } from '../../simulator/index.js';
import type { FromProbe, ToProbe } from './probe.js';

process.on('message', (question: ToProbe) => {
  void answer(question).then((said) => process.send?.(said, () => process.exit()));
});
process.on('disconnect', () => process.exit());

async function answer({ question, recipe, plugins }: ToProbe): Promise<FromProbe> {
  try {
    await loadPlugins(plugins);
    if (question === 'data') {
      const { dataset } = recipe.data;
      const { checksums } = datasets.create(dataset, { seed: recipe.seed, home: defaultDataHome() });
      return { type: 'data', checksums };
    }
    const { seconds, memoryMiB } = await expectRun(recipe);
    return { type: 'answer', seconds, memoryMiB };
  } catch (error) {
    return { type: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}
