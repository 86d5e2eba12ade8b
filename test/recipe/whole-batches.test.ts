/** Batches larger than what a client holds: said where some clients are so small, refused where all are. */
import { expect } from 'chai';
import { listPartition } from '../../data/index.js';
import { range } from '../../numerics/index.js';
import { parseRecipe } from '../../recipe/read.js';
import { refuseBatch, warnOfBatch } from '../../recipe/whole-batches.js';
import { smallRecipe, trained } from '../support/small-recipe.js';

const recipeOf = (batchSize: unknown) =>
  parseRecipe(smallRecipe({ algorithm: { ...trained({ kind: 'fedavg' }), batchSize } }));
const partition = listPartition([40, 7, 12, 90].map((size) => range(size)));

describe('a batch larger than what a client holds', () => {
  it('is said where some clients have no whole one', () => {
    expect(warnOfBatch(recipeOf(7), partition)).to.equal(undefined);
    expect(warnOfBatch(recipeOf(10), partition)).to.equal(
      '1 of 4 clients has fewer examples than a batch of 10 (client 1 has 7) and trains on what there is',
    );
    expect(warnOfBatch(recipeOf(90), partition)).to.equal(
      '3 of 4 clients have fewer examples than a batch of 90 (client 1 has 7) and train on what there is',
    );
    expect(refuseBatch(recipeOf(90), partition)).to.equal(undefined);
  });

  it('is refused where nobody has', () => {
    expect(refuseBatch(recipeOf(91), partition)).to.equal(
      'algorithm.batchSize is 91, but no client has as many examples: the largest, client 3, has 90; use at most 90, or batchSize: all',
    );
  });

  it('is no question of whole epochs, nor where clients bring their own data', () => {
    expect(refuseBatch(recipeOf('all'), partition)).to.equal(undefined);
    const fedsgd = parseRecipe(smallRecipe({ algorithm: 'fedsgd' }));
    expect(refuseBatch(fedsgd, partition)).to.equal(undefined);
    const own = recipeOf(91);
    own.data.partition = { kind: 'local', clients: ['a', 'b'] };
    expect(refuseBatch(own, listPartition([[], []]))).to.equal(undefined);
    expect(warnOfBatch(own, listPartition([[], []]))).to.equal(undefined);
  });
});
