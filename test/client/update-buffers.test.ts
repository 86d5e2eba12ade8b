import { expect } from 'chai';
import { UpdateBuffers } from '../../client/update-buffers.js';
import { tensorOf, type Tensors } from '../../protocol/index.js';

describe('the memory of answers', () => {
  const setup = () => {
    const recycled: ArrayBuffer[] = [];
    const [first, second] = [new ArrayBuffer(8), new ArrayBuffer(8)];
    const message = (...buffers: ArrayBuffer[]): Tensors =>
      new Map(buffers.map((buffer, i) => [`v${i}`, tensorOf(new Float32Array(buffer))]));
    return { recycled, first, second, message, memory: new UpdateBuffers((buffer) => recycled.push(buffer)) };
  };

  it('goes back at once where no message of it is under way', () => {
    const { memory, recycled, first, message } = setup();
    memory.lend(message(first))();
    memory.giveBack(new Set([first]));
    expect(recycled).to.deep.equal([first]);
  });

  it('goes back once the last message of it has left, and once only', () => {
    const { memory, recycled, first, second, message } = setup();
    const [once, again] = [memory.lend(message(first, second)), memory.lend(message(first))];
    memory.giveBack(new Set([first, second]));
    expect(recycled).to.deep.equal([]);
    once();
    expect(recycled).to.deep.equal([second]);
    again();
    expect(recycled).to.deep.equal([second, first]);
  });

  it('is kept while the answer may be asked for again, however often it left', () => {
    const { memory, recycled, first, message } = setup();
    memory.lend(message(first))();
    memory.lend(message(first))();
    expect(recycled).to.deep.equal([]);
  });
});
