/** The bits of two merges, pinned: they must be these on every machine and in every release of Node. */
import { expect } from 'chai';
import { mergeRules } from '../../merging/index.js';
import { sha256, stream } from '../../numerics/index.js';
import { contextOf, mixed } from './models.js';

describe('the bits of a merge', () => {
  const models = [0, 1, 2, 3].map((index) => {
    const draw = stream(11, 'bits', index);
    return { weights: Float32Array.from({ length: mixed.length }, () => draw() - 0.5), samples: index + 1 };
  });
  const [own, ...received] = models;
  const hash = (choice: { kind: string; weights?: string }) =>
    sha256(mergeRules.create(choice, contextOf(mixed)).merge({ own, received }).weights).slice(0, 16);

  it('are those of the release before', () => {
    expect(hash({ kind: 'sample-weighted' })).to.equal('bf9ee120af5535f8');
    expect(hash({ kind: 'variance-corrected', weights: 'samples' })).to.equal('4ec2f27c3080123a');
  });
});
