/** The two-round algorithm by hand: an algorithm may alternate rounds of different kinds. */
import { expect } from 'chai';
import { buildModel } from '../../learning/index.js';
import { runRounds } from './host.js';
import { points, quadraticEngine } from './quadratic.js';
import { twoRound } from './two-round.js';

/** Two layers of two weights each: w = (first kernel, first bias, second kernel, second bias). */
const layer = { kind: 'dense', units: 1, activation: 'none' } as const;
const setting = {
  model: buildModel({ input: [1], layers: [layer, layer] }),
  weights: new Float32Array(4),
  engine: quadraticEngine,
  shards: [points([4, 4, 4, 4]), points([8, 8, 8, 8], [8, 8, 8, 8], [8, 8, 8, 8])],
};

describe('an algorithm of two kinds of rounds', () => {
  it('has a model only after the second', () => {
    const algorithm = twoRound();
    const { trace } = runRounds(algorithm, setting, 4);
    const models = trace.map(({ state }) => algorithm.model(state) !== undefined);
    expect(models).to.deep.equal([false, true, false, true]);
  });

  it('sends each client its own message in the second', () => {
    // η = ½: clients get to 2 and 4; the mean first layer is (1·2 + 3·4)/4 = 3.5.
    const { trace } = runRounds(twoRound(), setting, 2);
    const sent = trace[1].asked.map(({ client, message }) => [client, ...message.vectors.weights]);
    expect(sent).to.deep.equal([
      [0, 3.5, 3.5, 2, 2],
      [1, 3.5, 3.5, 4, 4],
    ]);
  });

  it('keeps the first layer of the first round and averages the rest of the second', () => {
    // The rest: 2 → 3 and 4 → 6, mean (1·3 + 3·6)/4.
    const algorithm = twoRound();
    const { state } = runRounds(algorithm, setting, 2);
    expect([...(algorithm.model(state)?.weights ?? [])]).to.deep.equal([3.5, 3.5, 5.25, 5.25]);
  });

  it('asks in the second only those who answered the first, and repeats a round without answers', () => {
    const answers = (client: number, round: number) => client === 1 && round !== 1;
    const { trace } = runRounds(twoRound(), { ...setting, answers }, 3);
    expect(trace.map(({ asked }) => asked.map(({ client }) => client))).to.deep.equal([[0, 1], [1], [1]]);
    expect(twoRound().model(trace[2].state)?.weights).to.deep.equal(Float32Array.of(4, 4, 6, 6));
  });
});
