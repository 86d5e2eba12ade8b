/** Models in a memory that kernels reach: nothing is copied, and nothing else changes. */
import { expect } from 'chai';
import { mergeInPlace, mergeRules, SCRATCH_BYTES } from '../../merging/index.js';
import { bits, contextOf, mixed, randomModels } from './models.js';

describe('merging in place', () => {
  const bytes = 4 * mixed.length;
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const scratch = 64;
  const home = (index: number) =>
    new Float32Array(memory.buffer, scratch + SCRATCH_BYTES + index * (bytes + 4), mixed.length);

  it('gives the same bits wherever the models and the result lie', () => {
    mergeInPlace(memory, scratch);
    const rule = mergeRules.create({ kind: 'variance-corrected', target: 'blend' }, contextOf(mixed));
    const [own, ...received] = randomModels(mixed, 4);
    const expected = bits(rule.merge({ own, received }).weights);
    for (let where = 0; where < 32; where++) {
      const put = (values: Float32Array, index: number) => {
        if ((where & (1 << index)) === 0) return values.slice();
        home(index).set(values);
        return home(index);
      };
      const merged = rule.merge({
        own: { ...own, weights: put(own.weights, 0) },
        received: received.map((model, i) => ({ ...model, weights: put(model.weights, i + 1) })),
        into: put(new Float32Array(mixed.length), 4),
      });
      expect(bits(merged.weights)).to.equal(expected);
    }
  });

  it('touches no byte but the scratch and the result', () => {
    const everything = new Uint8Array(memory.buffer);
    everything.fill(0xa5);
    const received = randomModels(mixed, 3);
    mergeRules.create({ kind: 'variance-corrected' }, contextOf(mixed)).merge({ received, into: home(1) });
    const from = home(1).byteOffset;
    const changed = everything.findIndex(
      (byte, i) =>
        byte !== 0xa5 && !(i >= scratch && i < scratch + SCRATCH_BYTES) && !(i >= from && i < from + bytes),
    );
    expect(changed).to.equal(-1);
  });

  it('needs room for the thread’s scratch', () => {
    expect(() => {
      mergeInPlace(memory, 4);
    }).to.throw('byte 4 of a memory of 1048576');
    expect(() => {
      mergeInPlace(memory, 1048576 - 8);
    }).to.throw('leaves no room');
  });
});
