import { expect } from 'chai';
import { algorithms, define, parseRecipe, simulate } from 'murmuration-fl';
import { smallRecipe } from './support/small-recipe.js';

describe('the library', () => {
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
    expect(rounds).to.deep.equal(events.map((event) => event.round));
  });

  it('offers what plugins are made with', () => {
    const entry = define({ kind: 'mine', summary: 'Mine.', options: {}, create: () => undefined });
    expect(entry.kind).to.equal('mine');
    expect(algorithms.entries.map(({ kind }) => kind)).to.include('fedavg');
  });
});
