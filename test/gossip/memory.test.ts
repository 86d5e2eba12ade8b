import { expect } from 'chai';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { gossipMemory } from '../../gossip/index.js';

interface Setting {
  readonly schedule?: string;
  readonly topology?: object;
}

/** The account of a population of 2NNs: 199,210 weights, 796,840 bytes each. */
function memory(
  clients: number,
  algorithm: object,
  { schedule = 'asynchronous', topology = { kind: 'regular', degree: 8 } }: Setting = {},
) {
  const recipe = {
    data: {
      dataset: { kind: 'mnist', limit: 500 },
      partition: { kind: 'dirichlet-draw', clients, samplesPerClient: 64 },
    },
    model: '2nn',
    topology,
    schedule: { kind: schedule },
    rounds: 1,
  };
  const federation = buildFederation(parseRecipe(JSON.stringify({ ...recipe, algorithm })));
  if (federation.algorithm.family !== 'gossip') throw new TypeError('not a gossip algorithm');
  return gossipMemory(federation, federation.algorithm);
}

describe('the memory of a population of models', () => {
  const MODEL = 4 * 199_210;
  const together = { schedule: 'synchronous', topology: { kind: 'complete' } };

  it('is one model a node where each message is merged at once', () => {
    const { bytes, account, isCheckpointed } = memory(1000, { kind: 'gossip' });
    expect(bytes).to.equal(1000 * MODEL);
    expect(account).to.contain('1,000 nodes × (1 vector) of 0.80 MB');
    expect(isCheckpointed).to.equal(true);
  });

  it('counts momentum and the models in a buffer of degree × R: what went to all neighbours is there once', () => {
    const { bytes, account } = memory(50, { kind: 'buffered-gossip', repeats: 2 });
    expect(bytes).to.equal(50 * MODEL * (2 + 2));
    expect(account).to.contain('(2 vectors + 2 in messages that wait)');
  });

  it('counts both messages that NoLoCo’s partners exchange in a round', () => {
    const { account } = memory(16, { kind: 'noloco' }, together);
    expect(account).to.match(/\+ 2 in messages that wait\)/);
  });

  it('counts Adam’s two moments beside φ, δ and Δ', () => {
    const { bytes, account } = memory(16, { kind: 'noloco', optimizer: 'adam' }, together);
    expect(bytes).to.equal(16 * MODEL * (1 + 3 + 2 + 2));
    expect(account).to.contain('(6 vectors + 2 in messages that wait)');
  });

  it('says where a population is too large to be checkpointed', () => {
    expect(memory(1400, { kind: 'gossip' }).isCheckpointed).to.equal(false);
  });
});
