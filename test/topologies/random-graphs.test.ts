import { expect } from 'chai';
import fc from 'fast-check';
import { mean, stream, variance } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import {
  degree,
  edgeCount,
  forEachEdge,
  graphFromEdges,
  hasEdge,
  type Graph,
} from '../../topologies/graph.js';
import { partners, randomMaximalMatching, randomPairs } from '../../topologies/matching.js';
import { topologies } from '../../topologies/registry.js';
import { bernoulliSubset, binomial, power } from '../../topologies/sampling.js';
import { union } from '../../topologies/topology.js';

const make = (choice: Choice, nodes: number, seed = 1) =>
  topologies.create(topologies.field().parse(choice), { nodes, seed });

const many = <T>(count: number, of: (seed: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));

const edges = (graph: Graph): string[] => {
  const list: string[] = [];
  forEachEdge(graph, (a, b) => list.push(`${a}-${b}`));
  return list;
};

describe('random subsets', () => {
  it('binomial counts have the mean and the variance of the distribution', () => {
    for (const [trials, p] of [
      [10, 0.3],
      [10, 0.7],
      [1000, 0.02],
      [100_000, 0.001],
      [50, 0.5],
    ]) {
      const draw = stream(trials, 'binomial');
      const counts = many(4000, () => binomial(draw, trials, p));
      const spread = trials * p * (1 - p);
      expect(Math.abs(mean(counts) - trials * p)).to.be.lessThan(4 * Math.sqrt(spread / 4000));
      expect(variance(counts) / spread).to.be.closeTo(1, 0.12);
      expect(Math.min(...counts)).to.be.at.least(0);
      expect(Math.max(...counts)).to.be.at.most(trials);
    }
    expect(binomial(stream(1, 'test'), 7, 0)).to.equal(0);
    expect(binomial(stream(1, 'test'), 7, 1)).to.equal(7);
  });

  it('binomial counts follow the probabilities, one by one', () => {
    const draw = stream(1, 'one by one');
    const counts = many(20_000, () => binomial(draw, 4, 0.4));
    const expected = [0.1296, 0.3456, 0.3456, 0.1536, 0.0256];
    for (const [k, share] of expected.entries())
      expect(counts.filter((count) => count === k).length / 20_000).to.be.closeTo(share, 0.015);
  });

  it('hold every number equally often', () => {
    const draw = stream(1, 'subset');
    const found = many(3000, () => bernoulliSubset(draw, 5, 15, 0.3)).flat();
    for (let number = 5; number < 15; number++)
      expect(found.filter((x) => x === number).length / 3000).to.be.closeTo(0.3, 0.035);
  });

  it('powers are repeated products', () => {
    expect(power(0.5, 10)).to.equal(0.5 ** 10);
    expect(power(3, 5)).to.equal(243);
    expect(power(0, 0)).to.equal(1);
  });
});

describe('random graphs', () => {
  it('erdos-renyi has every pair with its probability', () => {
    const graphs = many(400, (seed) =>
      make({ kind: 'erdos-renyi', probability: 0.2, connected: false }, 12, seed).at(0),
    );
    expect(mean(graphs.map(edgeCount)) / 66).to.be.closeTo(0.2, 0.02);
    for (const [a, b] of [
      [0, 1],
      [0, 11],
      [5, 6],
      [10, 11],
    ]) {
      expect(graphs.filter((graph) => hasEdge(graph, a, b)).length / 400).to.be.closeTo(0.2, 0.08);
    }
  });

  it('stochastic-block has its two probabilities', () => {
    const graphs = many(200, (seed) =>
      make({ kind: 'stochastic-block', blocks: 2, within: 0.6, between: 0.1, connected: false }, 20, seed).at(
        0,
      ),
    );
    let within = 0;
    let between = 0;
    for (const graph of graphs) forEachEdge(graph, (a, b) => (a < 10 === b < 10 ? within++ : between++));
    expect(within / (200 * 90)).to.be.closeTo(0.6, 0.02);
    expect(between / (200 * 100)).to.be.closeTo(0.1, 0.02);
  });

  it('regular graphs of few nodes come up about equally often', () => {
    // There are 15 perfect matchings of six nodes and 70 two-regular graphs, of which 60 are cycles.
    const times = new Map<string, number>();
    for (const graph of many(3000, (seed) =>
      make({ kind: 'regular', degree: 1, connected: false }, 6, seed).at(0),
    ))
      times.set(edges(graph).join(), (times.get(edges(graph).join()) ?? 0) + 1);
    expect(times.size).to.equal(15);
    expect(Math.min(...times.values())).to.be.greaterThan(140);
    expect(Math.max(...times.values())).to.be.lessThan(260);
    const cycles = new Set(
      many(1500, (seed) => edges(make({ kind: 'regular', degree: 2 }, 6, seed).at(0)).join()),
    );
    expect(cycles.size).to.equal(60);
    const pairs = new Set(
      many(1500, (seed) =>
        edges(make({ kind: 'regular', degree: 2, connected: false }, 6, seed).at(0)).join(),
      ),
    );
    expect(pairs.size).to.equal(70);
  });

  it('regular graphs exist up to every degree', () => {
    for (let k = 1; k < 12; k++) {
      const graph = make({ kind: 'regular', degree: k, connected: k > 1 }, 12).at(0);
      for (let node = 0; node < 12; node++) expect(degree(graph.out, node)).to.equal(k);
    }
  });

  it('watts-strogatz rewires about its share of the edges and keeps the number', () => {
    const graphs = many(30, (seed) =>
      make({ kind: 'watts-strogatz', degree: 6, rewiring: 0.25 }, 60, seed).at(0),
    );
    let moved = 0;
    for (const graph of graphs) {
      expect(edgeCount(graph)).to.equal(180);
      forEachEdge(graph, (a, b) => {
        if (Math.min(b - a, 60 - (b - a)) > 3) moved++;
      });
    }
    // A rewired edge lands among the near ones again now and then.
    expect(moved / (30 * 180)).to.be.closeTo(0.25 * (53 / 59), 0.03);
  });

  it('barabasi-albert has hubs: the first nodes have far more neighbours than the last', () => {
    const graph = make({ kind: 'barabasi-albert', edges: 3 }, 2000).at(0);
    const degrees = Array.from({ length: 2000 }, (_, node) => degree(graph.out, node));
    expect(Math.min(...degrees)).to.equal(3);
    // In expectation node i has degree m √(N / i); an Erdős–Rényi graph of this size has no node beyond 25.
    expect(Math.max(...degrees)).to.be.greaterThan(80);
    expect(mean(degrees.slice(0, 20))).to.be.greaterThan(10 * mean(degrees.slice(-500)));
  });

  it('hierarchical and caveman have the edges of their definitions', () => {
    expect(edges(make({ kind: 'hierarchical', groups: 3, between: 'path' }, 7).at(0)).sort()).to.deep.equal(
      ['0-1', '0-2', '2-3', '2-4', '4-5', '4-6'].sort(),
    );
    expect(edges(make({ kind: 'caveman', cliques: 2 }, 6).at(0))).to.deep.equal([
      '0-2',
      '0-5',
      '1-2',
      '2-3',
      '3-5',
      '4-5',
    ]);
  });

  it('epidemic: every node hears from others of all rounds, in the end from everyone', () => {
    for (const choice of ['oracle', 'local']) {
      const together = union(make({ kind: 'epidemic', variant: choice, degree: 4 }, 12), 40);
      for (let node = 0; node < 12; node++) expect(degree(together.in, node)).to.equal(11);
    }
  });

  it('churn takes links and nodes away as often as it says, for as long as it says', () => {
    const links = make({ kind: 'churn', base: 'complete', linkFailure: 0.3 }, 12);
    expect(mean(many(200, (round) => edgeCount(links.at(round)))) / 66).to.be.closeTo(0.7, 0.02);
    const nodes = make({ kind: 'churn', base: 'complete', nodeFailure: 0.25, rounds: 5 }, 12);
    const alone = (graph: Graph) => Array.from({ length: 12 }, (_, node) => degree(graph.out, node) === 0);
    expect(mean(many(200, (i) => alone(nodes.at(5 * i)).filter(Boolean).length)) / 12).to.be.closeTo(
      0.25,
      0.04,
    );
    for (let round = 0; round < 5; round++) expect(nodes.at(round)).to.deep.equal(nodes.at(0));
    expect(nodes.at(5)).not.to.deep.equal(nodes.at(0));
    // With all up it is the topology inside, drawn with the same seed.
    const inside = make({ kind: 'regular', degree: 4 }, 12, 7).at(0);
    expect(
      edges(
        union(make({ kind: 'churn', base: { kind: 'regular', degree: 4 }, linkFailure: 0.5 }, 12, 7), 60),
      ),
    ).to.deep.equal(edges(inside));
  });
});

describe('random maximal matchings', () => {
  const graphs = fc.integer({ min: 2, max: 10 }).chain((nodes) => {
    const all = Array.from({ length: nodes * nodes }, (_, i) => [Math.floor(i / nodes), i % nodes]);
    return fc.subarray(all.filter(([a, b]) => a < b)).map((pairs) => graphFromEdges(nodes, pairs.flat()));
  });

  it('pair neighbours, nobody twice, and leave no edge between two without a partner', () => {
    fc.assert(
      fc.property(graphs, fc.integer(), (graph, seed) => {
        const pairs = randomMaximalMatching(graph, stream(seed, 'matching'));
        const of = partners(graph.nodes, pairs);
        expect(new Set(pairs.flat()).size).to.equal(2 * pairs.length);
        for (const [a, b] of pairs) {
          expect(a).to.be.lessThan(b);
          expect(hasEdge(graph, a, b)).to.equal(true);
          expect(of[a]).to.equal(b);
          expect(of[b]).to.equal(a);
        }
        expect(of.filter((partner) => partner >= 0).length).to.equal(2 * pairs.length);
        forEachEdge(graph, (a, b) => {
          expect(of[a] >= 0 || of[b] >= 0).to.equal(true);
        });
      }),
    );
  });

  it('differ by their streams and are the same for the same one', () => {
    const graph = make({ kind: 'torus' }, 25).at(0);
    const draw = (seed: number) => randomMaximalMatching(graph, stream(seed, 'matching'));
    expect(draw(1)).to.deep.equal(draw(1));
    expect(draw(1)).not.to.deep.equal(draw(2));
  });

  it('of everyone leave one out where the number is odd, each equally often', () => {
    const out = many(1400, (seed) => partners(7, randomPairs(7, stream(seed, 'odd'))).indexOf(-1));
    for (let node = 0; node < 7; node++) expect(out.filter((x) => x === node).length).to.be.within(140, 260);
    const complete = make({ kind: 'complete' }, 8).at(0);
    expect(randomMaximalMatching(complete, stream(1, 'even'))).to.have.length(4);
  });
});

describe('graphs', () => {
  it('refuse what is no edge', () => {
    expect(() => graphFromEdges(3, [0, 3])).to.throw('edge 0–3 names a node outside 0 to 2');
    expect(() => graphFromEdges(3, [1, 1])).to.throw('node 1 has an edge to itself');
    expect(() => graphFromEdges(3, [0, 1, 1, 0])).to.throw('edge 0–1 is there twice');
    expect(() => graphFromEdges(3, [0, 1, 0, 1], true)).to.throw('edge 0–1 is there twice');
    expect(edgeCount(graphFromEdges(3, [0, 1, 1, 0], true))).to.equal(2);
  });

  it('of 100,000 nodes with 20 neighbours fit in a few megabytes', () => {
    const { out, in: back } = make({ kind: 'regular', degree: 20 }, 100_000).at(0);
    expect(back).to.equal(out);
    expect(out.offsets.byteLength + out.targets.byteLength).to.be.lessThan(9e6);
  });
});
