import { expect } from 'chai';
import { mixingRounds } from '../../topologies/mixing/rounds.js';
import { topologies } from '../../topologies/registry.js';
import { remember } from '../../topologies/remember.js';

describe('rounds remembered', () => {
  it('are made once while there is room, the latest two whatever their size', () => {
    const made: number[] = [];
    const counting = (size: number) => {
      made.length = 0;
      return remember(
        (round) => (made.push(round), { round }),
        () => size,
      );
    };
    const small = counting(100);
    for (const round of [0, 1, 2, 0, 1, 2]) expect(small(round)).to.deep.equal({ round });
    expect(made).to.deep.equal([0, 1, 2]);
    const large = counting(2 ** 24);
    for (const round of [0, 1, 0, 1, 2, 1, 0]) expect(large(round)).to.deep.equal({ round });
    expect(made).to.deep.equal([0, 1, 2, 0]);
  });

  it('have one mixing matrix for all where the graph stays the same', () => {
    const make = (kind: string) => topologies.create({ kind }, { nodes: 8, seed: 1 });
    const still = mixingRounds(make('ring'));
    expect(still(5)).to.equal(still(0));
    const moving = mixingRounds(make('random-matching'));
    expect(moving(1)).to.equal(moving(1)).and.not.to.deep.equal(moving(0));
    expect(() => mixingRounds(make('exponential'), { kind: 'metropolis-hastings' })).to.throw(
      'needs an undirected',
    );
  });
});
