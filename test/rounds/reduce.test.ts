import { expect } from 'chai';
import { algorithms, type ClientUpdate, type FederatedAlgorithm } from '../../algorithms/index.js';
import { ClientDivergedError, createReducer } from '../../rounds/reduce.js';

function fedavg(): FederatedAlgorithm {
  const algorithm = algorithms.create({ kind: 'fedavg' }, { synchronous: true });
  if (algorithm.family !== 'federated') throw new Error('fedavg is federated');
  return algorithm;
}

/** What finishing says after these answers came in this order. */
function complaint(answers: readonly (readonly [client: number, value: number])[]) {
  const reducer = createReducer(fedavg());
  for (const [client, value] of answers) {
    const answer: ClientUpdate = {
      header: {},
      vectors: { delta: Float32Array.of(0, value) },
      samples: 1,
      scalars: { loss: 1 },
    };
    reducer.add(client, answer, 0);
  }
  try {
    reducer.finish({ round: 0 }, []);
  } catch (error) {
    if (error instanceof ClientDivergedError) return [error.client, error.message];
    throw error;
  }
  return 'none';
}

describe('divergence found while answers are summed', () => {
  // With 32 bits behind the point, 64 bits hold terms below 2³¹.
  const [fine, half, huge] = [1, 2 ** 30, 2 ** 40];

  it('blames the first client in client order that is at fault by itself, however answers arrive', () => {
    const answers = [
      [0, fine],
      [1, huge],
      [2, fine],
      [3, 2 * huge],
      [4, NaN],
    ] as const;
    const said = complaint(answers);
    expect(said[0]).to.equal(1);
    expect(complaint([...answers].reverse())).to.deep.equal(said);
    expect(complaint([answers[3], answers[0], answers[1], answers[4]])).to.deep.equal(said);
  });

  it('blames nobody where the answers overflow only together', () => {
    const said = [undefined, "the sum of the clients' answers overflows"];
    expect(complaint([1, 2, 3].map((client) => [client, half]))).to.deep.equal(said);
  });
});
