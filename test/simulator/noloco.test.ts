/** NoLoCo and its baselines through the simulator: the same bits on any threads, lost partners in the metrics. */
import { expect } from 'chai';
// From the bundle, whose threads start four times faster than those of dist/.
import { parseRecipe, simulate } from 'murmuration-fl';

const training = { batchSize: 20, optimizer: { learningRate: 0.1, momentum: 0.5 } };
const inner = { ...training, amount: { steps: 5 }, clip: 5 };

function run(algorithm: object, fields: object = {}, threads = 1) {
  const recipe = {
    name: 'small-noloco',
    seed: 4,
    data: { dataset: { kind: 'mnist', limit: 700 }, partition: { kind: 'iid', clients: 5 } },
    model: { kind: 'mlp', hidden: [16] },
    topology: 'complete',
    evaluate: { every: 4, nodes: 2, examples: 100 },
    rounds: 4,
    algorithm,
    ...fields,
  };
  return simulate(parseRecipe(JSON.stringify(recipe)), { threads });
}

/** A figure of the exchanges' reports, round by round. */
async function reported(name: string, algorithm: object, fields: object): Promise<number[]> {
  const { events } = await run(algorithm, fields);
  return events.flatMap((event) => (event.type === 'round' ? [event.report?.[name] ?? NaN] : []));
}

const bytes = async (algorithm: object, fields: object = {}) => {
  const { events } = await run(algorithm, fields);
  return events.reduce(
    (sum, event) => sum + (event.type === 'round' ? (event.bytesBetweenNodes ?? 0) : 0),
    0,
  );
};

const algorithms: Record<string, object> = {
  'noloco, overlapped': { kind: 'noloco', ...inner },
  'noloco, combined': { kind: 'noloco', ...inner, communication: 'combined' },
  diloco: { kind: 'diloco', ...inner },
  'local-sgd': { kind: 'local-sgd', ...inner },
  'noloco, Adam inside': {
    kind: 'noloco',
    ...inner,
    clip: 1,
    optimizer: { kind: 'adam', schedule: { kind: 'cosine', per: 'step', over: 20, warmup: 3 } },
  },
  'data-parallel AdamW': { kind: 'data-parallel', batchSize: 20, clip: 1, optimizer: 'adamw' },
  'data-parallel': { kind: 'data-parallel', ...training },
};

describe('noloco in the simulator', () => {
  for (const [name, algorithm] of Object.entries(algorithms)) {
    it(`ends in the same bits with one thread and with two: ${name}`, async () => {
      const [one, two] = [await run(algorithm), await run(algorithm, {}, 2)];
      expect(one.record.weightsSha256).to.equal(two.record.weightsSha256);
      expect(one.record.accuracy).to.be.greaterThan(0.15);
    });
  }

  it('halves the bytes with communication: combined', async () => {
    const both = await bytes(algorithms['noloco, overlapped']);
    expect(await bytes(algorithms['noloco, combined'])).to.equal(both / 2);
  });

  it('sits out in turn, goes on without a lost partner, and says so', async () => {
    const noloco = algorithms['noloco, overlapped'];
    expect(await reported('alone', noloco, {})).to.deep.equal([1, 1, 1, 1]);
    expect(await reported('lostPartners', noloco, {})).to.deep.equal([0, 0, 0, 0]);
    const lost = await reported('lostPartners', noloco, {
      network: { loss: 0.4, latency: { kind: 'log-normal', mu: -1, sigma: 1 } },
      rounds: 8,
    });
    expect(lost.reduce((sum, count) => sum + count, 0)).to.be.greaterThan(4);
  });

  it('goes on where replicas are away', async () => {
    const { record } = await run(algorithms['noloco, overlapped'], {
      clients: { availability: 0.6 },
      rounds: 8,
    });
    expect(record.rounds).to.equal(8);
  });

  it('sends φ while it trains: only Δ is waited for', async () => {
    // 12,730 weights take 1.02 units of time on the link; inner steps take 2.
    const slow = { schedule: { kind: 'synchronous', compute: 2 }, network: { bandwidth: 4 * 12_500 } };
    for (const exchange of ['overlapped', 'combined']) {
      const { events } = await run({ kind: 'noloco', ...inner, communication: exchange }, slow);
      const last = events.findLast((event) => event.type === 'population');
      expect(last?.virtualTime).to.be.closeTo(4 * 3.0184, 1e-6);
    }
  });
});
