/** FedBuff and FedAsync: by hand, and against servers written out here. */
import { expect } from 'chai';
import type { SummingAlgorithm } from '../../algorithms/index.js';
import { createReducer } from '../../rounds/reduce.js';
import { update } from '../../execution/index.js';
import { wasmEngine } from '../../learning/index.js';
import { buildFederation, parseRecipe, startingWeights } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { tinyRecipe } from '../support/network.js';
import { runRounds } from './host.js';
import { create, twoPoints } from './two-points.js';

/** The weights after both clients' first answers, of a given staleness each: Δ₀ = (2, 0) and Δ₁ = (0, 4). */
function after(kind: string, options: object, staleness: readonly (number | undefined)[]): number[] {
  const algorithm = create(kind, options) as SummingAlgorithm;
  const state = algorithm.init({ ...twoPoints, clients: 2 });
  const reducer = createReducer(algorithm);
  const { answered } = runRounds(algorithm, twoPoints, 1).trace[0];
  for (const { client, answer } of answered) {
    const old = staleness[client];
    if (old !== undefined) reducer.add(client, answer, old);
  }
  return [...(algorithm.model(reducer.finish(state, []))?.weights ?? [])];
}

describe('FedBuff', () => {
  it('moves by η_g/K times the sum of differences, each less by 1/√(1 + s)', () => {
    // ½ ((2, 0) + ½ (0, 4)): staleness 3 halves, and all clients weigh the same.
    expect(after('fedbuff', {}, [0, 3])).to.deep.equal([1, 1]);
    expect(after('fedbuff', {}, [0, 0])).to.deep.equal([1, 2]);
    expect(after('fedbuff', { serverLearningRate: 0.5 }, [3, 0])).to.deep.equal([0.25, 1]);
    expect(after('fedbuff', { staleness: { kind: 'constant' } }, [7, 9])).to.deep.equal([1, 2]);
    expect(
      after('fedbuff', { staleness: { kind: 'polynomial', exponent: 1 } }, [3, undefined]),
    ).to.deep.equal([0.5, 0]);
  });
});

describe('FedAsync', () => {
  it('mixes a model in, with a share a f(s)', () => {
    const plain = { rho: 0, mixing: 0.5 };
    expect(after('fedasync', plain, [0, undefined])).to.deep.equal([1, 0]);
    expect(after('fedasync', plain, [undefined, 3])).to.deep.equal([0, 1]);
    // f is 1 up to s = 4, then 1 / (3 (s − 4) + 1).
    const hinge = { ...plain, staleness: { kind: 'hinge', a: 3, b: 4 } };
    expect(after('fedasync', hinge, [undefined, 4])).to.deep.equal([0, 2]);
    expect(after('fedasync', hinge, [undefined, 5])).to.deep.equal([0, 0.5]);
    // Two at once: the mean of (1, 0) and (0, 1), where each by itself would end.
    expect(after('fedasync', plain, [0, 3])).to.deep.equal([0.5, 0.5]);
  });

  it('holds clients back by ρ (w − w_t)', () => {
    // As FedProx with μ = 1: client 0 goes 0 → 2 → 2, where (2 − 4) + (2 − 0) is zero.
    expect(after('fedasync', { rho: 1, mixing: 0.5, amount: { epochs: 2 } }, [0, undefined])).to.deep.equal([
      1, 0,
    ]);
  });
});

describe('a buffered schedule in the simulator', () => {
  const schedule = {
    kind: 'buffered',
    concurrency: 4,
    size: 3,
    compute: { kind: 'exponential', mean: 1 },
  };

  for (const kind of ['fedbuff', 'fedasync']) {
    it(`does what its arrivals say, by a server of ${kind} that is written out here`, async () => {
      const recipe = parseRecipe(
        tinyRecipe({
          algorithm: { kind, amount: { epochs: 2 } },
          schedule,
          rounds: 12,
          evaluate: { every: 12 },
        }),
      );
      const { events, record } = await simulate(recipe, { threads: 1 });
      const federation = buildFederation(recipe);
      const train = update.prepare(federation, wasmEngine(), { index: 0, memories: [] });
      const versions = [Float64Array.from(startingWeights(federation))];
      const ages = new Set<number>();
      const rounds = events.flatMap((event) => (event.type === 'round' ? [event] : []));
      for (const { round, arrivals = [] } of rounds) {
        const before = versions[round - 1];
        const next = before.slice();
        expect(arrivals).to.have.length(3);
        for (const { client, start } of arrivals) {
          const header = { round: start - 1, told: null };
          const vectors = { weights: Float32Array.from(versions[start - 1]) };
          const { answer } = train({ client, message: { header, vectors }, clientState: undefined });
          const age = round - start;
          ages.add(age);
          for (let i = 0; i < next.length; i++) {
            const moved =
              kind === 'fedbuff'
                ? answer.vectors.delta[i] / Math.sqrt(1 + age)
                : (0.6 / Math.sqrt(1 + age)) * (answer.vectors.trained[i] - before[i]);
            next[i] += moved / 3;
          }
        }
        versions.push(next);
      }
      expect([...ages]).to.include.members([0, 1, 2]);
      const { accuracy, loss } = record;
      const engine = wasmEngine();
      const shard = federation.heldOut('test');
      const own = engine.evaluate(federation.model, Float32Array.from(versions[12]), shard);
      expect(own.correct / own.count).to.be.closeTo(accuracy, 0.02);
      expect(own.lossSum / own.count).to.be.closeTo(Number(loss), 1e-4);
    });
  }

  it('never has more clients in training than places, nor one twice from the same model', async () => {
    const recipe = parseRecipe(tinyRecipe({ algorithm: { kind: 'fedbuff' }, schedule, rounds: 40 }));
    const { events } = await simulate(recipe, { threads: 1 });
    const times: number[] = [];
    const seen = new Set<string>();
    for (const event of events) {
      if (event.type !== 'round') continue;
      times.push(Number(event.virtualTime));
      for (const { client, start } of event.arrivals ?? []) {
        expect(seen.has(`${client}/${start}`)).to.equal(false);
        seen.add(`${client}/${start}`);
        expect(start).to.be.at.most(event.round);
      }
    }
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    // Four train 1 on average: three answers take three quarters of that.
    expect((times.at(-1) ?? 0) / 40).to.be.within(0.6, 0.95);
  });

  it('is refused where it does not fit the rest of the recipe', () => {
    const refused = (fields: object) => () =>
      buildFederation(parseRecipe(tinyRecipe({ schedule, ...fields })));
    const algorithm = { kind: 'fedbuff' };
    expect(refused({})).to.throw("fedavg does not run under schedule 'buffered'");
    expect(refused({ algorithm, schedule: { ...schedule, size: 7 } })).to.throw('there are 6 clients');
    expect(refused({ algorithm, network: { deadline: 3 } })).to.throw(
      "network.deadline: fedbuff does not read it under schedule 'buffered'",
    );
    expect(refused({ algorithm, network: { codec: 'top-k' } })).to.throw('set errorFeedback: false');
    const codec = { kind: 'top-k', errorFeedback: false };
    expect(refused({ algorithm: { kind: 'fedasync' }, network: { codec } })).to.throw('answer with models');
    expect(refused({ schedule: { kind: 'asynchronous' } })).to.throw(
      "under 'asynchronous' run: isolated, gossip",
    );
  });
});
