/** NIID-Bench's cells: recipes that can be run, the benchmark's network, and what the page says of made-up results. */
import { expect } from 'chai';
import { measure, type Bench } from '../../../experiments/reproductions/niid-bench/cells.js';
import { niidBench } from '../../../experiments/reproductions/niid-bench/index.js';
import { page } from '../../../experiments/reproductions/niid-bench/page.js';
import { rows, type Algorithm, type Row } from '../../../experiments/reproductions/niid-bench/settings.js';
import { keyOf } from '../../../experiments/reproductions/reproduction.js';
import { recipeSchema } from '../../../recipe/index.js';

describe('the reproduction of NIID-Bench', () => {
  it('has a recipe of its own for every cell, and each can be read', () => {
    expect(new Set(niidBench.cells.map(keyOf)).size).to.equal(4 * rows.length);
    for (const { recipe } of niidBench.cells) recipeSchema.parse({ name: 'niid-bench', ...recipe });
  });

  it('plans Fashion-MNIST, Dirichlet and IID', () => {
    const planned = niidBench.cells.filter(({ onRequest }) => onRequest !== true).map(({ name }) => name);
    expect(planned).to.have.length(8);
    expect(planned[0]).to.equal('fashion-mnist/dirichlet/fedavg/seed=1');
    expect(planned.every((name) => /^fashion-mnist\/(iid|dirichlet)\//.test(name))).to.equal(true);
  });

  it('records the accuracy after every round, of all four algorithms', async () => {
    for (const { name, recipe } of niidBench.cells.slice(0, 4)) {
      const small = recipeSchema.parse({
        name: 'niid-bench',
        ...recipe,
        data: {
          dataset: { kind: 'synthetic', clients: 2, samplesPerClient: 80 },
          partition: { kind: 'iid', clients: 2 },
        },
        model: { kind: 'mlp', hidden: [8] },
        rounds: 2,
      });
      const { accuracy, ended } = await measure(small, { threads: 1 });
      expect(accuracy, name).to.have.length(2);
      expect(ended).to.equal('rounds');
    }
  });

  const shown = (run: Bench) =>
    page((row: Row, algorithm: Algorithm) =>
      row.dataset === 'fashion-mnist' && row.split === 'iid' && algorithm === 'fednova' ? run : undefined,
    );

  it('shows the best round beside the published figure', () => {
    // Published: 89.36.
    const near = shown({ accuracy: [0.5, 0.885, 0.88], ended: 'rounds' });
    expect(near).to.include('| Fashion-MNIST | IID | FedNova | 89.36 ± 0.09 | 88.50 | −0.86 | 2 | 88.00 |');
    expect(near).to.include('Holds in the one case run.');
    expect(near).to.include('| Fashion-MNIST | IID | FedAvg | 89.23 ± 0.45 |  |  |  |  |');
    const far = shown({ accuracy: [0.5], ended: 'diverged' });
    expect(far).to.include('diverged in round 2').and.include('Does not hold in the one case run.');
  });
});
