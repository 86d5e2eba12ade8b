import { expect } from 'chai';
import * as fc from 'fast-check';
import { wasmEngine } from '../../../learning/index.js';
import { evenBlocks } from '../../../learning/wasm/kernels/blocks.js';
import { sha256 } from '../../../numerics/index.js';
import { perceptron, randomExamples, request } from './cases.js';

describe('the wasm engine', () => {
  it('has one kernel hash', () => {
    const hash = wasmEngine().kernelHash;
    expect(hash).to.match(/^[0-9a-f]{64}$/);
    expect(wasmEngine({ sparse: false }).kernelHash).to.equal(hash);
  });

  // Raise VERSION in kernel-hash.ts where this changes.
  it('trains to the recorded bits on every Node', () => {
    const model = perceptron(50, 30, 20, 10);
    const digests = [0.1, 1].map((density) => {
      const examples = randomExamples(200, 50, 10, 1, { type: 'uint8', density });
      const optimizer = { kind: 'sgd' as const, momentum: 0.9, nesterov: true, weightDecay: 0.001 };
      const { weights, loss } = wasmEngine().train(
        request(model, examples, { amount: { epochs: 5 }, optimizer, clip: 1 }),
      );
      return sha256(Float64Array.of(...weights, loss)).slice(0, 16);
    });
    expect(digests).to.deep.equal(['0858e9d4241f217f', '3fdf9310e364b513']);
  });

  it('splits rows into blocks as even as they can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 9 }), (items, most) => {
        const blocks = evenBlocks(items, most);
        const sizes = blocks.map(({ size }) => size);
        expect(blocks.reduce((sum, { size, count }) => sum + size * count, 0)).to.equal(items);
        expect(Math.max(...sizes)).to.be.at.most(most);
        expect(Math.max(...sizes) - Math.min(...sizes)).to.be.at.most(1);
        expect(blocks.reduce((sum, { count }) => sum + count, 0)).to.equal(Math.ceil(items / most));
      }),
    );
  });

  it('refuses a model that no memory holds', () => {
    const model = perceptron(2 ** 20, 2 ** 12);
    const small = { ...model, manifest: { ...model.manifest, length: 15 } };
    const examples = {
      ...randomExamples(1, 4, 3, 1),
      input: { shape: [2 ** 20], type: 'uint8' as const, scale: 1, shift: 0 },
    };
    expect(() => wasmEngine().evaluate(small, new Float32Array(15), examples)).to.throw(
      'GiB, an engine has at most 4',
    );
  });
});
