import { expect } from 'chai';
import { networkOf, LogThrottle } from '../../transport/index.js';
import { FailureLimiter } from '../../transport/failure-limiter.js';

describe('lines that come again and again', () => {
  const throttle = () => new LogThrottle<string>({ first: 2, everyMs: 100, most: 3 });

  it('are logged a few times, then counted, and counts are told every while', () => {
    const lines = throttle();
    const logged = Array.from({ length: 10 }, (_, i) => lines.takes('a', `a${i}`, i));
    expect(logged.filter(Boolean)).to.have.length(2);
    expect(lines.due(50)).to.deep.equal([]);
    expect(lines.due(100)).to.deep.equal([{ held: 8, overMs: 100, line: 'a9', isMixed: false }]);
    // Those of a kind that goes on are counted only.
    expect(lines.takes('a', 'a10', 150)).to.equal(false);
    expect(lines.due(200)).to.deep.equal([{ held: 1, overMs: 100, line: 'a10', isMixed: false }]);
    // A kind of which nothing came for a while is new again.
    expect(lines.due(300)).to.deep.equal([]);
    expect(lines.takes('a', 'a11', 301)).to.equal(true);
  });

  it('take bounded memory, however many kinds there are: the rest is one kind', () => {
    const lines = throttle();
    let logged = 0;
    for (let kind = 0; kind < 1000; kind++) if (lines.takes(`${kind}`, `${kind}`, 0)) logged++;
    expect(logged).to.equal(5);
    expect(lines.rest(7)).to.deep.equal([{ held: 995, overMs: 7, line: '999', isMixed: true }]);
  });
});

describe('an address that keeps failing', () => {
  it('is refused until its rate allows another attempt, and others are not', () => {
    const limiter = new FailureLimiter({ perSecond: 1, burst: 3 });
    for (let i = 0; i < 3; i++) {
      expect(limiter.refuses('a', 0)).to.equal(false);
      limiter.failed('a', 0);
    }
    expect(limiter.refuses('a', 900)).to.equal(true);
    expect(limiter.refuses('b', 900)).to.equal(false);
    expect(limiter.refuses('a', 1000)).to.equal(false);
    limiter.failed('a', 1000);
    expect(limiter.refuses('a', 1500)).to.equal(true);
    expect(limiter.refuses('a', 10_000)).to.equal(false);
  });

  it('pays back attempts that were let in together', () => {
    const limiter = new FailureLimiter({ perSecond: 1, burst: 3 });
    for (let i = 0; i < 5; i++) limiter.failed('a', 0);
    expect(limiter.refuses('a', 2500)).to.equal(true);
    expect(limiter.refuses('a', 3000)).to.equal(false);
  });

  it('is an IPv4 address, however it is written, or an IPv6 network', () => {
    expect(['10.0.0.7', '::ffff:10.0.0.7'].map(networkOf)).to.deep.equal(['10.0.0.7', '10.0.0.7']);
    const [one, ...same] = ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'].map(networkOf);
    expect(same).to.deep.equal([one, one]);
    expect(networkOf('2001:db8:1:3::1')).not.to.equal(one);
    expect(networkOf('::1')).to.equal('0:0:0:0::/64');
    expect(networkOf('fe80::1%eth0')).to.equal('fe80:0:0:0::/64');
  });
});
