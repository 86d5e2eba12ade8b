/** The mutations that other tests send: they reach every field, and what a reader must refuse it refuses. */
import { expect } from 'chai';
import { decodeFrame, encodeFrame, ProtocolError, tensorOf, type MessageOf } from '../../protocol/index.js';
import { mutationsOf } from '../support/message-mutations.js';

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 20, tensors: 2 ** 10 };

const update: MessageOf<'update'> = {
  kind: 'update',
  ...{ round: 2, client: 1, attempt: 0, samples: 10, steps: 3 },
  header: { classCounts: [3, 7] },
  scalars: { loss: 0.5 },
  vectors: { delta: 'v0', control: 'v1' },
  tensors: new Map([
    ['v0', tensorOf(Float32Array.of(1, -2, 3))],
    ['v1', tensorOf(Float32Array.of(4, 5, 6))],
  ]),
};

describe('mutations of a message', () => {
  const mutations = [...mutationsOf(update)];
  const original = Buffer.from(encodeFrame(update));

  it('are of every field and tensor, each another frame, each with a name of its own', () => {
    const fields = new Set(mutations.map(({ field }) => field));
    expect(fields).to.include.keys(
      ...['round', 'client', 'attempt', 'samples', 'steps', 'header', 'header.classCounts'],
      ...['header.classCounts.1', 'scalars', 'scalars.loss', 'vectors.delta', 'tensors.v0', 'tensors.v1'],
    );
    const names = mutations.map(({ field, change }) => `${field}: ${change}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).to.deep.equal([]);
    for (const [i, { frame }] of mutations.entries()) {
      expect(original.equals(frame), names[i]).to.equal(false);
    }
  });

  it('carry what JSON cannot say: a number beyond all, none at all, a field twice', () => {
    const read = (field: string, change: string): unknown => {
      const found = mutations.find((one) => one.field === field && one.change === change);
      if (found === undefined) throw new Error(`there is no mutation ${field}: ${change}`);
      return decodeFrame(found.frame, 'toCoordinator', LIMITS);
    };
    expect(() => read('header.classCounts.1', '1e999')).to.throw(ProtocolError, 'header: holds a number');
    expect(() => read('scalars.loss', '1e999')).to.throw(ProtocolError, 'scalars.loss');
    expect(() => read('scalars.loss', 'NaN')).to.throw(ProtocolError, 'not JSON');
    expect(() => read('scalars.loss', 'there twice')).to.throw(ProtocolError, 'the field "loss" twice');
    expect(read('samples', 'one more')).to.have.property('samples', 11);
    expect(() => read('samples', 'fraction')).to.throw(ProtocolError, 'samples');
  });
});
