/** A recipe's codec: what is moved, what is lost on the way, and what fits together. Threads: algorithm-cases. */
import { expect } from 'chai';
import { buildFederation, parseRecipe, RecipeError } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { smallRecipe, trained } from '../support/small-recipe.js';

async function simulated(fields: object) {
  const { record, events } = await simulate(parseRecipe(smallRecipe({ ...fields })), { threads: 1 });
  const rounds = events.flatMap((event) => (event.type === 'round' ? [event] : []));
  return {
    ...record,
    loss: record.loss ?? NaN,
    up: rounds[0].bytesUp ?? NaN,
    down: rounds[0].bytesDown ?? NaN,
    between: rounds[0].bytesBetweenNodes ?? NaN,
  };
}

const parameters = 784 * 20 + 20 + 20 * 10 + 10;
const algorithm = trained({ kind: 'fedavg', fraction: 0.3 });
const withCodec = (codec: unknown, fields = {}) => ({ algorithm, network: { codec }, ...fields });

const gossip = {
  algorithm: { kind: 'gossip', batchSize: 20, optimizer: { learningRate: 0.1 }, fanout: 1 },
  topology: { kind: 'regular', degree: 4 },
  evaluate: { nodes: 2, examples: 100 },
  rounds: 2,
};

describe('a codec of the recipe', () => {
  it('moves fewer bytes, and learns all the same', async () => {
    const plain = await simulated(withCodec('float32'));
    expect(plain).to.include({ up: 3 * 4 * parameters, down: 3 * 4 * parameters });
    expect(plain.weightsSha256).to.equal((await simulated({ algorithm })).weightsSha256);
    const blocks = Math.ceil(parameters / 256);
    const expected = [
      ['float16', 2 * parameters, 2 * parameters],
      [{ kind: 'int8', errorFeedback: true }, ...new Array<number>(2).fill(4 + 4 * blocks + parameters)],
      [{ kind: 'top-k', fraction: 0.1 }, 8 * Math.round(0.1 * parameters), 4 * parameters],
    ] as const;
    for (const [codec, up, down] of expected) {
      const coded = await simulated(withCodec(codec));
      expect(coded).to.include({ up: 3 * up, down: 3 * down });
      expect(coded.weightsSha256).not.to.equal(plain.weightsSha256);
      expect(coded.loss).to.be.closeTo(plain.loss, 0.25 * plain.loss);
    }
  });

  it('lets clients keep what their answers lost, where it has error feedback', async () => {
    const twoTimes = { algorithm: trained({ kind: 'fedavg', fraction: 1 }), rounds: 2 };
    const run = (errorFeedback: boolean) => simulated(withCodec({ kind: 'top-k', errorFeedback }, twoTimes));
    expect((await run(true)).weightsSha256).not.to.equal((await run(false)).weightsSha256);
  });

  it('counts in gossip too', async () => {
    const plain = await simulated(gossip);
    const coded = await simulated({ ...gossip, network: { codec: 'float16' } });
    expect(coded.between).to.equal(plain.between / 2);
    expect(coded.weightsSha256).not.to.equal(plain.weightsSha256);
    expect(coded.loss).to.be.closeTo(plain.loss, 0.1 * plain.loss);
  });

  it('is refused where whole models would be cut to their largest entries', () => {
    const build = (fields: object) => () =>
      buildFederation(parseRecipe(smallRecipe({ ...fields, network: { codec: 'top-k' } })));
    const sentence = /'top-k' is for differences of models, but .*; use int8 or float16/;
    expect(build(gossip)).to.throw(RecipeError, sentence);
    expect(build({ algorithm: trained({ kind: 'fedma' }) })).to.throw(RecipeError, sentence);
  });
});
