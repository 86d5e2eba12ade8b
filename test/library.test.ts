import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { algorithms, define, loadPlugins, parseRecipe, parseSweep, runSweep, simulate } from 'murmuration-fl';
import { parse, stringify } from 'yaml';
import { wasmEngine } from '../learning/index.js';
import { temporaryFolder } from './support/folder.js';
import { outsidePlugin } from './support/outside-plugin.js';
import { smallRecipe, trained } from './support/small-recipe.js';

describe('the library', () => {
  const folder = temporaryFolder();

  it('is imported by its name, and simulates', async () => {
    const recipe = parseRecipe(smallRecipe());
    const rounds: number[] = [];
    const { record, events, directory } = await simulate(recipe, {
      threads: 1,
      onEvent: (event) => rounds.push(event.round),
    });
    expect(directory).to.equal(undefined);
    expect(record).to.deep.include({ name: 'small', rounds: 4, ended: 'rounds', clients: 10 });
    expect(record.weightsSha256).to.match(/^[0-9a-f]{64}$/);
    expect(record.accuracy).to.be.within(0.2, 1);
    // The bundle was given the hash that the kernels in dist/ have.
    expect(record.engine.kernelHash).to.equal(wasmEngine().kernelHash);
    expect(rounds).to.deep.equal(events.map((event) => event.round));
  });

  it('offers what plugins are made with', () => {
    const entry = define({ kind: 'mine', summary: 'Mine.', options: {}, create: () => undefined });
    expect(entry.kind).to.equal('mine');
    expect(algorithms.entries.map(({ kind }) => kind)).to.include('fedavg');
  });

  it('refuses entries that other threads and processes would not know, before anything is written', async () => {
    const fedavg = algorithms.entry('fedavg');
    algorithms.add({ ...fedavg, kind: 'only-here' });
    const mine = smallRecipe({ algorithm: trained({ kind: 'only-here', fraction: 0.5 }), rounds: 1 });
    const recipe = parseRecipe(mine);
    const out = folder.path('run');
    const sentence = (who: string) =>
      `algorithm 'only-here' was added by algorithms.add, in this thread only, and ${who} do not know it: ` +
      'put it into a module that exports algorithms (docs/plugins.md) and name that in the option plugins';
    expect(await simulate(recipe, { threads: 2, out }).catch(String)).to.equal(
      `RecipeError: ${sentence('other threads')}, or simulate with threads: 1`,
    );
    expect((await simulate(recipe, { threads: 1 })).record.rounds).to.equal(1);
    const sweep = parseSweep(stringify({ name: 'sweep', base: parse(mine) as unknown, seeds: [1, 2] }));
    expect(await runSweep(sweep, { out }).catch(String)).to.equal(
      `RecipeError: ${sentence("a sweep's processes")}`,
    );
    expect(existsSync(out)).to.equal(false);
  });

  it('refuses a plugin that is loaded here and not named for the other threads', async () => {
    const file = folder.write('outside.mjs', outsidePlugin);
    await loadPlugins([file]);
    const recipe = parseRecipe(
      smallRecipe({ algorithm: trained({ kind: 'outside', fraction: 0.5 }), rounds: 1 }),
    );
    expect(await simulate(recipe, { threads: 2 }).catch(String)).to.equal(
      `RecipeError: algorithm 'outside' comes from ${file}, which other threads do not load: name the file in the option plugins, or simulate with threads: 1`,
    );
    const named = await simulate(recipe, { threads: 2, plugins: [file] });
    expect(named.record.rounds).to.equal(1);
  });
});
