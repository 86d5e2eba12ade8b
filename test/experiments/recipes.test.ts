/** The recipes that come with the package are valid, and named as their files. */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { algorithms } from '../../algorithms/index.js';
import { readRecipe } from '../../recipe/index.js';
import { community } from '../algorithms/gossip/points.js';
import { topologies } from '../../topologies/index.js';

const folder = new URL('../../../experiments/recipes/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  it(`recipe ${file} is valid and accepted by its algorithm`, () => {
    const recipe = readRecipe(new URL(file, folder).pathname);
    expect(`${recipe.name}.yaml`).to.equal(file);
    const synchronous = recipe.schedule.kind === 'synchronous';
    const algorithm = algorithms.create(recipe.algorithm, { synchronous });
    if (algorithm.family !== 'gossip') return;
    if (recipe.topology === undefined) expect.fail('gossip needs a topology');
    const nodes = Number(recipe.data.partition['clients']);
    const topology = topologies.create(recipe.topology, { nodes, seed: recipe.seed });
    expect(algorithm.refuse?.(community({ nodes, synchronous, topology, rounds: recipe.rounds }))).to.equal(
      undefined,
    );
  });
}
