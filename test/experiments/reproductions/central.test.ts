/** Central training beside PyTorch: its cells' recipes, and what the page says of made-up results. */
import { expect } from 'chai';
import { cellOf, type Trained } from '../../../experiments/reproductions/central/cells.js';
import { central } from '../../../experiments/reproductions/central/index.js';
import { page } from '../../../experiments/reproductions/central/page.js';
import { seeds, settings } from '../../../experiments/reproductions/central/settings.js';
import { keyOf, type Results } from '../../../experiments/reproductions/reproduction.js';
import { recipeSchema } from '../../../recipe/index.js';

/** Results of the first setting alone: accuracies of ours and of PyTorch's, a pair a seed. */
function results(pairs: readonly (readonly [ours: number, torch: number])[]): Results {
  const known = new Map<string, Trained>(
    pairs.map(([ours, torch], i) => [
      keyOf(cellOf(settings[0], seeds[i])),
      { ours: { accuracy: ours, loss: 0.1 }, torch: { accuracy: torch, loss: 0.2, version: '1' } },
    ]),
  );
  return (cell) => {
    const found = known.get(keyOf(cell));
    return found === undefined ? undefined : cell.recorded.parse(found);
  };
}

describe('the reproduction of central training', () => {
  it('has a recipe of its own for every cell, and each can be read', () => {
    expect(new Set(central.cells.map(keyOf)).size).to.equal(seeds.length * settings.length);
    for (const { recipe } of central.cells) recipeSchema.parse({ name: 'central', ...recipe });
  });

  it('judges by the noise of the seeds', () => {
    // Means 0.96 and 0.97; both variances 0.0001: the error is √(2 · 0.0001 / 3), t₄ = 2.776, the noise 2.27 points.
    const near = page(
      results([
        [0.95, 0.96],
        [0.96, 0.97],
        [0.97, 0.98],
      ]),
    );
    expect(near)
      .to.include('2NN on MNIST: −1.00 points, noise of the seeds 2.27')
      .and.include('Holds in the one case run');
    const far = page(
      results([
        [0.95, 0.98],
        [0.951, 0.981],
        [0.949, 0.979],
      ]),
    );
    expect(far).to.include('−3.00 points').and.include('Does not hold in the one case run');
    expect(page(results([[0.95, 0.98]]))).to.include('Not judged yet');
  });
});
