/** What NoLoCo and its baselines refuse before anything starts, in sentences. */
import { expect } from 'chai';
import { publishedInterval, stableInterval } from '../../../algorithms/noloco/stability.js';
import type { Choice } from '../../../registry/index.js';
import { gossiper } from '../gossip/host.js';
import { community, refusal as refusalIn, topologyOf } from '../gossip/points.js';

const refusal = (algorithm: Choice, nodes = 8, topology: Choice = { kind: 'complete' }, more: object = {}) =>
  refusalIn(algorithm, { nodes, topology: topologyOf(topology, nodes), ...more });

const noloco = (options: object = {}) => ({ kind: 'noloco', ...options });

describe("noloco's stability", () => {
  it('has the published interval and the exact one', () => {
    const table = [
      [0, 2, 0, 1.414],
      [0.3, 1.82, 0.3, 1.446],
      [0.5, 1.5, 0.5, 1.5],
      [0.7, 1.02, 0.7, 1.578],
      [0.9, 0.38, 0.9, 1.676],
    ];
    for (const [alpha, most, from, to] of table) {
      expect(stableInterval(alpha, 2).to).to.be.closeTo(most, 1e-9);
      expect(publishedInterval(alpha, 2).from).to.be.closeTo(from, 5e-4);
      expect(publishedInterval(alpha, 2).to).to.be.closeTo(to, 5e-4);
    }
    expect(stableInterval(0.5, 1e9).to).to.be.closeTo(2 * 1.5, 1e-6);
  });

  it('is checked, with both intervals in the sentence', () => {
    expect(refusal(noloco())).to.equal(undefined);
    expect(refusal(noloco({ gamma: 1.49 }))).to.equal(undefined);
    for (const gamma of [-0.1, 0, 1.5, 2]) {
      const sentence = refusal(noloco({ gamma }));
      expect(sentence).to.include('(0, 1.5) only');
      expect(sentence).to.include('(0.5, 1.5))');
      expect(sentence).to.include(`gamma is ${gamma}`);
    }
    expect(refusal(noloco({ alpha: 0.9 })))
      .to.include('(0, 0.38) only')
      .and.include('(0.9, 1.676)');
  });

  it('is not, where that is wanted or the group is everybody', () => {
    expect(refusal(noloco({ gamma: 2, allowUnstable: true }))).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2, group: 8 }))).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2 }), 2)).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2, group: 4 }))).to.include('allowUnstable');
  });

  it('is warned of where it is allowed, or outside the published interval alone', () => {
    const warning = (options: object) =>
      gossiper(noloco(options)).warn?.(
        community({ nodes: 8, topology: topologyOf({ kind: 'complete' }, 8) }),
      );
    expect(warning({ gamma: 0.7 })).to.equal(undefined);
    expect(warning({ gamma: 2, allowUnstable: true }))
      .to.include('(0, 1.5) only')
      .and.include('gamma is 2');
    expect(warning({ gamma: 0.2 })).to.include('(0.5, 1.5))');
    expect(warning({ gamma: 2, group: 8 })).to.equal(undefined);
  });
});

describe('noloco and its baselines', () => {
  it('refuse groups that do not divide the replicas or have no edges', () => {
    expect(refusal(noloco({ group: 3 }), 8)).to.include('8 replicas cannot be divided into groups of 3');
    expect(refusal(noloco({ group: 3 }), 9, { kind: 'ring' })).to.include('topology: complete');
    expect(refusal(noloco(), 9, { kind: 'ring' })).to.equal(undefined);
  });

  it('refuse what they cannot run on', () => {
    expect(refusal(noloco(), 8, { kind: 'exponential' })).to.include('undirected');
    for (const kind of ['diloco', 'local-sgd', 'data-parallel']) {
      expect(refusal({ kind })).to.equal(undefined);
      expect(refusal({ kind }, 8, { kind: 'ring' }))
        .to.include(kind)
        .and.include('topology: complete');
      expect(refusal({ kind }, 8, { kind: 'complete' }, { unreliable: true })).to.include(kind);
    }
  });
});
