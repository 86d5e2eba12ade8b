import { expect } from 'chai';
import { createExecutor } from '../../execution/host/index.js';
import { update } from '../../execution/index.js';
import { buildFederation, parseRecipe, startingWeights } from '../../recipe/index.js';
import { Training } from '../../simulator/training.js';

const settings = {
  data: { dataset: { kind: 'mnist', limit: 200 }, partition: { kind: 'iid', clients: 4 } },
  model: { kind: 'mlp', hidden: [16] },
  algorithm: { kind: 'fedavg', batchSize: 10 },
  rounds: 1,
};

/** Answers of all clients, the memory of each given back before the next, and that memory. */
async function answers(threads: number, isRecycled: boolean) {
  const federation = buildFederation(parseRecipe(JSON.stringify(settings)));
  const executor = createExecutor(federation, { threads });
  const message = { header: { round: 1 }, vectors: { weights: startingWeights(federation) } };
  const deltas: number[][] = [];
  const buffers: ArrayBufferLike[] = [];
  for (let client = 0; client < 4; client++) {
    const { answer } = await executor.perform(update, { client, message, clientState: undefined });
    const { buffer } = answer.vectors.delta;
    deltas.push([...answer.vectors.delta]);
    buffers.push(buffer);
    if (isRecycled && buffer instanceof ArrayBuffer) executor.recycle(buffer);
  }
  await executor.close();
  return { deltas, buffers };
}

describe('the memory of results that nobody reads any more', () => {
  for (const threads of [1, 2]) {
    it(`becomes later results on ${threads} ${threads === 1 ? 'thread' : 'threads'}, and no bit changes`, async () => {
      const [plain, recycled] = await Promise.all([answers(threads, false), answers(threads, true)]);
      expect(recycled.deltas).to.deep.equal(plain.deltas);
      expect(new Set(plain.buffers).size).to.equal(4);
      expect(plain.buffers.every(({ byteLength }) => byteLength > 0)).to.equal(true);
      // On this thread it is the same buffer, another thread takes it away.
      if (threads === 1) expect(new Set(recycled.buffers).size).to.equal(1);
      else
        expect(recycled.buffers.map(({ byteLength }) => byteLength > 0)).to.deep.equal([
          false,
          false,
          false,
          true,
        ]);
    });
  }

  it('is not given back where a client keeps it, nor where answers are collected', () => {
    const recycled: ArrayBuffer[] = [];
    const federation = buildFederation(parseRecipe(JSON.stringify(settings)));
    const executor = { ...createExecutor(federation, { threads: 1 }), recycle: recycled.push.bind(recycled) };
    const vectors = () => ({
      sent: new Float32Array(3),
      kept: new Float32Array(3),
      before: new Float32Array(3),
    });
    const result = (own: ReturnType<typeof vectors>) => ({
      ...{ client: 0, tensors: {}, clientState: { deep: [new Map([['kept', own.kept]])] } },
      answer: { header: {}, samples: 1, steps: 1, vectors: own, scalars: { loss: 0 } },
    });
    const [summed, collected] = [vectors(), vectors()];
    new Training(executor, { answers: 'sum' }).taken(result(summed), { was: summed.before });
    new Training(executor, { answers: 'all' }).taken(result(collected), undefined);
    expect(recycled).to.deep.equal([summed.sent.buffer]);
  });
});
