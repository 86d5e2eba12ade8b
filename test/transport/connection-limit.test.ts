import { expect } from 'chai';
import { connectionsWithin } from '../../transport/host/index.js';

describe('the limit of connections', () => {
  it('leaves a quarter of the files that may be open, and those that are', () => {
    expect(connectionsWithin(1024, 30)).to.deep.equal({ most: 738, pending: 246 });
    expect(connectionsWithin(256, 30)).to.deep.equal({ most: 162, pending: 54 });
  });

  it('is 20,000 where the system allows more, or does not tell', () => {
    for (const limit of [1_048_576, undefined]) {
      expect(connectionsWithin(limit, 30)).to.deep.equal({ most: 20_000, pending: 6_666 });
    }
  });

  it('refuses to begin where no worker could connect, and says which limit would do', () => {
    expect(() => connectionsWithin(50, 30)).to.throw('raise it (ulimit -n) to at least 51');
    expect(connectionsWithin(51, 30).most).to.equal(8);
  });
});
