import { expect } from 'chai';
import { TickClock } from '../../client/host/tick-clock.js';

describe('virtual time as real time', () => {
  it('goes on from where it stood still, so many seconds a unit', () => {
    const ticking = new TickClock(1000);
    ticking.begin(5);
    expect(ticking.msUntil(4)).to.equal(0);
    expect(ticking.msUntil(5)).to.equal(0);
    expect(ticking.msUntil(7)).to.be.within(1_900_000, 2_000_000);
    ticking.begin(7);
    expect(ticking.msUntil(7)).to.equal(0);
    expect(ticking.msUntil(7.5)).to.be.within(400_000, 500_000);
  });
});
