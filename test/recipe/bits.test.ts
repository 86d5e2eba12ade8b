import { expect } from 'chai';
import { bitChanges, bitsOf, mayHaveLayer, parseRecipe } from '../../recipe/index.js';
import { smallRecipe } from '../support/small-recipe.js';

describe("the version of a recipe's bits", () => {
  const recipe = parseRecipe(smallRecipe());

  it('is the list of the changes that affect the recipe, in their order', () => {
    const changes = ['first', 'second', 'third'].map((id) => ({
      id,
      what: id,
      affects: ({ rounds }: typeof recipe) => id !== 'second' || rounds > 4,
    }));
    expect(bitsOf(recipe, changes)).to.deep.equal(['first', 'third']);
    expect(bitsOf({ ...recipe, rounds: 5 }, changes)).to.deep.equal(['first', 'second', 'third']);
  });

  it('has every id once, each with its date and a sentence', () => {
    const ids = bitChanges.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { id, what } of bitChanges) {
      expect(id).to.match(/^\d{4}-\d{2}-\d{2}-[a-z0-9-]+$/);
      expect(what.length, id).to.be.greaterThan(20);
      expect(() => bitsOf(recipe), id).not.to.throw();
    }
    expect([...ids].sort(), 'oldest first').to.satisfy((sorted: string[]) =>
      sorted.every((id, i) => id.slice(0, 10) === ids[i].slice(0, 10)),
    );
  });

  it('tells layers of named models, of lists, within residual blocks, and does not know those in files', () => {
    const has = (model: unknown, kind: string) => mayHaveLayer(parseRecipe(smallRecipe({ model })), kind);
    expect(has('2nn', 'batch-norm')).to.equal(false);
    expect(has('resnet8', 'group-norm')).to.equal(true);
    expect(has('resnet8', 'batch-norm')).to.equal(false);
    expect(has('char-lstm', 'lstm')).to.equal(true);
    const layers = [
      { kind: 'residual', layers: [{ kind: 'batch-norm' }] },
      { kind: 'dense', units: 10 },
    ];
    expect(has({ kind: 'layers', layers }, 'batch-norm')).to.equal(true);
    expect(has({ kind: 'keras', file: 'model.json' }, 'batch-norm')).to.equal(true);
  });
});
