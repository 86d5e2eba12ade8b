import { expect } from 'chai';
import type { Choice } from '../../registry/index.js';
import { describeTopology } from '../../topologies/describe.js';
import { diagnose, type DiagnosisOptions } from '../../topologies/diagnostics/diagnose.js';
import { topologies } from '../../topologies/registry.js';

function lines(choice: unknown, nodes: number, options?: DiagnosisOptions): string[] {
  const parsed: Choice = topologies.field().parse(choice);
  return describeTopology(parsed, diagnose(topologies.create(parsed, { nodes, seed: 1 }), options));
}

describe('the description of a topology', () => {
  it('of a torus', () => {
    expect(lines('torus', 100)).to.deep.equal([
      'torus: 100 nodes, undirected, the same in every round',
      '  edges                200',
      '  connected            yes',
      '  neighbours           4',
      '  diameter             10',
      '  clustering           0',
      '  mixing               metropolis-hastings: symmetric, doubly stochastic',
      '  second |eigenvalue|  0.9236',
      '  spectral gap         0.07639 (exact)',
      '  rounds to consensus  87 to 0.001 of the distance (predicted)',
    ]);
  });

  it('of rounds that differ: what is true of the first one, and what was measured', () => {
    expect(lines('one-peer-exponential', 16)).to.deep.equal([
      'one-peer-exponential: 16 nodes, directed, different in every round',
      '  the first round',
      '    edges                16',
      '    connected            yes',
      '    sends to             1',
      '    receives from        1',
      '    diameter             15',
      '    clustering           0',
      '    mixing               uniform: doubly stochastic',
      '  round after round',
      '    connected            yes, in the first round',
      '    factor a round       0',
      '    spectral gap         1 (exact: all agree after 4 rounds)',
      '    distance             none to within rounding after 4 rounds, measured on random vectors',
      '    rounds to consensus  4 to 0.001 of the distance (measured)',
    ]);
    expect(lines('random-matching', 64).join('\n'))
      .to.match(/connected +no: the graph falls into 32 parts of 2, 2, 2, 2, … nodes/)
      .and.match(/connected +yes, over the first \d rounds together/)
      .and.match(/spectral gap +0\.29\d+ \(in mean square, over sampled rounds; standard error 0\.000\d+\)/)
      .and.match(/distance +× 0\.[67]\d* a round, none to within rounding after \d+ rounds/);
  });

  it('says what is a bound, a sample or an extrapolation', () => {
    expect(lines('exponential', 300).join('\n'))
      .to.include('exponential (directed true): 300 nodes, directed, the same in every round')
      .and.include('spectral gap         0.2 (by Lanczos or Arnoldi steps)')
      .and.include('rounds to consensus  31 to 0.001 of the distance (predicted)');
    const churn = { kind: 'churn', base: 'ring', linkFailure: 0.1 };
    expect(lines(churn, 50, { rounds: 5 }).join('\n'))
      .to.include(
        'churn (base {"directed":false,"kind":"ring"}, linkFailure 0.1, nodeFailure 0, rounds 1): 50 nodes',
      )
      .and.match(/rounds to consensus {2}[\d,]+ to 0\.001 of the distance \(extrapolated\)/);
  });

  it('says what the weights keep, and when consensus never comes', () => {
    expect(lines('star', 20, { mixing: { kind: 'uniform' } })).to.include(
      '  mixing               uniform: row-stochastic only, so nodes agree on a weighted mean',
    );
    expect(lines('star', 20, { mixing: { kind: 'column-stochastic' } })).to.include(
      '  mixing               column-stochastic: column-stochastic only, so values are divided by their mass (push-sum)',
    );
    expect(lines({ kind: 'caveman', cliques: 2, connected: false }, 10))
      .to.include('  rounds to consensus  never')
      .and.include('  diameter             infinite')
      .and.include('  second |eigenvalue|  1');
  });
});
