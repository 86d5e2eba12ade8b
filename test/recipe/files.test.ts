import { expect } from 'chai';
import { sha256 } from '../../numerics/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { fileChecksums, readTopologyFiles } from '../../recipe/files.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('the files that a recipe names', () => {
  const folder = temporaryFolder();

  it('are also those of the topology that another is made of', () => {
    const edges = 'a,b\nb,c\nc,a\n';
    const path = folder.write('edges.csv', edges);
    const topology = { kind: 'churn', of: { kind: 'file', path } };
    const recipe = parseRecipe(
      smallRecipe({ algorithm: { kind: 'gossip', optimizer: { learningRate: 0.1 } }, topology }),
    );
    expect(fileChecksums(recipe)).to.deep.equal({ 'topology.of.path': sha256(Buffer.from(edges)) });
    expect(readTopologyFiles(recipe)).to.deep.equal({ [path]: edges });
  });
});
