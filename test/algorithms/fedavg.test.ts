/** FedAvg by hand on points: loss ½‖w − x‖², so that a step of rate η takes w to (1 − η) w + η · mean(x). */
import { expect } from 'chai';
import fc from 'fast-check';
import { runRounds, straggler, trainedWeights, type Setting } from './host.js';
import { points } from './quadratic.js';
import { create as createKind, only, path, twoPoints } from './two-points.js';

const create = (options: object = {}) => createKind('fedavg', options);

describe('FedAvg', () => {
  it('averages by the number of examples', () => {
    // Two full-batch epochs at η = ½ take client 0 from 0 to ½·4 = 2, then 3; client 1 to 6.
    // w = (1·(3, 0) + 3·(0, 6)) / 4.
    expect(path(create({ amount: { epochs: 2 } }), twoPoints, 1)).to.deep.equal([[0.75, 4.5]]);
  });

  it('weighs the clients of the round only, not all there are', () => {
    expect(path(create({ clientsPerRound: 1 }), only(1), 1)).to.deep.equal([[0, 4]]);
  });

  it('takes a last, smaller batch as a step of its own', () => {
    // Client 1 alone, batches of 2 and 1: 0 → 4 → 6.
    expect(path(create({ batchSize: 2 }), only(1), 1)).to.deep.equal([[0, 6]]);
  });

  it('goes on without clients that do not answer, and stands still where none does', () => {
    const dropouts: Setting = {
      ...twoPoints,
      answers: (client, round) => round === 0 && client === 0,
    };
    const { trace } = runRounds(create(), dropouts, 2);
    expect(trace[0].state).to.deep.include({ round: 1, weights: Float32Array.of(2, 0) });
    expect(trace[1].state).to.deep.include({ round: 2, weights: Float32Array.of(2, 0) });
  });

  it('decays the rate by rounds', () => {
    // Client 0 at η = ½, then ¼: 0 → 2 → 2 + ¼·2.
    const schedule = { kind: 'exponential', decay: 0.5 };
    const algorithm = create({ optimizer: { learningRate: 0.5, schedule } });
    expect(path(algorithm, only(0), 2)).to.deep.equal([
      [2, 0],
      [2.5, 0],
    ]);
  });

  it('lets stragglers do fewer epochs', () => {
    const straggling: Setting = {
      ...twoPoints,
      localAmount: straggler(1),
    };
    expect(path(create({ amount: { epochs: 2 } }), straggling, 1)).to.deep.equal([[0.75, 3]]);
  });

  it('asks max(⌊C·K⌉, 1) of the clients that are there and have examples, all by equal chance', () => {
    const shards = Array.from({ length: 20 }, (_, i) => (i === 3 ? points() : points([i, i])));
    const asked = (options: object, available: number[], rounds = 1) =>
      runRounds(create(options), { ...twoPoints, shards, available: () => available }, rounds).trace.map(
        (round) => round.asked.map(({ client }) => client),
      );
    const everybody = shards.map((_, i) => i);
    expect(asked({ fraction: 0 }, everybody)[0]).to.have.lengthOf(1);
    expect(asked({ fraction: 0.5 }, everybody)[0]).to.have.lengthOf(10);
    expect(asked({ fraction: 0.5 }, [1, 2, 3, 4])[0]).to.deep.equal([1, 2, 4]);
    expect(asked({ fraction: 0.5 }, [])[0]).to.deep.equal([]);
    const counts = new Map<number, number>();
    for (const client of asked({ clientsPerRound: 5 }, everybody, 400).flat()) {
      counts.set(client, (counts.get(client) ?? 0) + 1);
    }
    // 2000 places for 19 clients: 105 each, with a standard deviation below 9.
    expect(counts.size).to.equal(19);
    for (const count of counts.values()) expect(count).to.be.within(70, 140);
  });

  it('does not depend on the order in which answers come', () => {
    const values = fc.array(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 2 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 5 }), (clients) => {
        const options = { optimizer: { learningRate: 0.1 } };
        const shards = clients.map((rows) => points(...rows));
        const forwards = trainedWeights(create(options), { ...twoPoints, shards }, 1);
        const backwards = trainedWeights(create(options), { ...twoPoints, shards: shards.toReversed() }, 1);
        expect(forwards).to.deep.equal(backwards);
      }),
      { numRuns: 30 },
    );
  });

  it('names the field that is wrong', () => {
    expect(() => create({ amounts: { epochs: 2 } })).to.throw("did you mean 'amount'");
    expect(() =>
      create({ optimizer: { learningRate: 0.1, schedule: { kind: 'cosine', over: 0 } } }),
    ).to.throw('over');
  });
});
