import { expect } from 'chai';
import { createExecutor } from '../../execution/host/index.js';
import { GossipHost, Slabs } from '../../gossip/index.js';
import { SCRATCH_BYTES } from '../../merging/index.js';
import { sha256 } from '../../numerics/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';

const settings = {
  data: { dataset: { kind: 'mnist', limit: 600 }, partition: { kind: 'iid', clients: 12 } },
  model: { kind: 'mlp', hidden: [16] },
  init: { kind: 'own' },
  topology: { kind: 'regular', degree: 4 },
  algorithm: { kind: 'buffered-gossip', batchSize: 20 },
  schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
  evaluate: { nodes: 2, examples: 20 },
  rounds: 5,
};

/** A host with all that it needs, in slabs of at least `expected` bytes. */
function hosted(expected: number, threads: number) {
  const recipe = parseRecipe(JSON.stringify(settings));
  const federation = buildFederation(recipe);
  if (federation.algorithm.family !== 'gossip') throw new TypeError('not a gossip algorithm');
  const executor = createExecutor(federation, { threads });
  let slabs = 0;
  const memory = new Slabs(expected, threads, (slab) => {
    executor.open(slab);
    slabs++;
  });
  const host = new GossipHost(federation, federation.algorithm, executor, memory, undefined);
  return { recipe, executor, host, slabs: () => slabs };
}

describe('the slabs of a population', () => {
  it('give a place again once the last holder has left it', () => {
    const slabs = new Slabs(1e6, 1, () => undefined);
    const vector = slabs.take(100);
    slabs.hold(vector);
    slabs.release(vector);
    expect(slabs.take(100).place).not.to.deep.equal(vector.place);
    slabs.release(vector);
    expect(slabs.take(99).place).not.to.deep.equal(vector.place);
    expect(slabs.take(100).place).to.deep.equal(vector.place);
  });

  it('leave threads their scratch, keep vectors apart, and are as many as it takes', () => {
    const memories: WebAssembly.Memory[] = [];
    const slabs = new Slabs(300_000, 2, (slab) => memories.push(slab));
    const vectors = Array.from({ length: 40 }, () => slabs.take(5000));
    vectors.forEach((vector, i) => slabs.numbers(vector).fill(i));
    vectors.forEach((vector, i) => {
      expect(slabs.numbers(vector).every((number) => number === i)).to.equal(true);
      expect(vector.place.at).to.be.at.least(2 * SCRATCH_BYTES);
      expect(slabs.numbers(vector).buffer).to.equal(memories[vector.place.slab].buffer);
    });
    expect(memories.length).to.be.above(1);
    for (const { buffer } of memories) {
      const scratch = new Uint8Array(buffer, 0, 2 * SCRATCH_BYTES);
      expect(scratch.every((byte) => byte === 0)).to.equal(true);
    }
  });

  it('can be sent to threads, also the largest', () => {
    const slabs = new Slabs(1e12, 1, () => undefined);
    expect(structuredClone(slabs.numbers(slabs.take(10)))).to.have.lengthOf(10);
  });

  it('change no bit: every model in a slab of its own, and all in one', async () => {
    const { record } = await simulate(parseRecipe(JSON.stringify(settings)), { threads: 1 });
    for (const threads of [1, 2]) {
      const { recipe, executor, host, slabs } = hosted(0, threads);
      for (let round = 0; round < recipe.rounds; round++) await host.nextRound();
      await executor.close();
      expect(slabs()).to.be.above(20);
      const digests = host.models().map(({ weights }) => sha256(weights));
      expect(sha256(digests.join(''))).to.equal(record.weightsSha256);
    }
  });

  it('hold a model once that was sent to many: at most three vectors a node, with momentum and a buffer', async () => {
    const { recipe, executor, host } = hosted(1e7, 1);
    for (let round = 0; round < recipe.rounds; round++) {
      await host.nextRound();
      const { numbers, nodes, events } = host.checkpoint();
      const waiting = [...nodes.values()].reduce((sum, { inbox }) => sum + inbox.length, 0);
      expect(waiting + events.length).to.be.above(12);
      expect(numbers.size).to.be.within(25, 36);
    }
    await executor.close();
  });
});
