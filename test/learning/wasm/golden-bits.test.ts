/** The bits of trainings, pinned: they must be these on every machine and in every release. */
import { expect } from 'chai';
import type { TrainRequest } from '../../../learning/engine.js';
import { wasmEngine } from '../../../learning/index.js';
import { sha256 } from '../../../numerics/index.js';
import { perceptron, randomExamples, randomVector, request } from './cases.js';

const model = perceptron(50, 40, 12, 5);
const sgd = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
const everything = {
  optimizer: { ...sgd, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  proximal: { mu: 0.1, anchor: randomVector(model.manifest.length, 7) },
  linear: randomVector(model.manifest.length, 8, 0.1),
};

const pinned: [string, Partial<TrainRequest>, readonly [dense: string, sparse: string]][] = [
  ['plain SGD', {}, ['2eea05455844061b', 'c6017d6303716dfe']],
  ['momentum', { optimizer: { ...sgd, momentum: 0.9 } }, ['46d275cee3767033', '29b05069a28888c5']],
  ['all terms', everything, ['e619c3142acdce95', '0d216ad6fa0932b6']],
  [
    'all terms, clipped, one layer frozen',
    { ...everything, clip: 0.1, frozenLayers: 1 },
    ['6205439ec508ebc6', 'b687fc8c43f033f8'],
  ],
];

describe('the bits of a training', () => {
  for (const [place, density] of [1, 0.3].entries()) {
    const examples = randomExamples(67, 50, 5, 3, { type: 'uint8', density });
    for (const [name, changes, hashes] of pinned) {
      it(`are those of the release before: ${name}, density ${density}`, () => {
        const { weights } = wasmEngine().train(
          request(model, examples, { amount: { epochs: 2 }, ...changes }),
        );
        expect(sha256(weights).slice(0, 16)).to.equal(hashes[place]);
      });
    }
  }
});
