import { expect } from 'chai';
import { UndirectedGraph } from 'graphology';
import { karateClub } from 'graphology-generators/social/index.js';
import { diameter as graphologyDiameter } from 'graphology-metrics/graph/index.js';
import type { Choice } from '../../registry/index.js';
import { components, disconnection, isConnected } from '../../topologies/connectivity.js';
import { clustering } from '../../topologies/diagnostics/clustering.js';
import { diagnose } from '../../topologies/diagnostics/diagnose.js';
import { diameter } from '../../topologies/diagnostics/diameter.js';
import { refuseDisconnected } from '../../topologies/diagnostics/together.js';
import { forEachEdge, graphFromEdges, type Graph } from '../../topologies/graph.js';
import { topologies } from '../../topologies/registry.js';
import { staticTopology } from '../../topologies/topology.js';

const make = (choice: Choice, nodes: number, seed = 1) =>
  topologies.create(topologies.field().parse(choice), { nodes, seed });

/** The same graph in graphology, whose metrics are an independent check. */
function toGraphology(graph: Graph) {
  const copy = new UndirectedGraph();
  for (let node = 0; node < graph.nodes; node++) copy.addNode(node);
  forEachEdge(graph, (a, b) => copy.addEdge(a, b));
  return copy;
}

/** Zachary's karate club as graphology ships it. */
function karate(): Graph {
  const club = karateClub(UndirectedGraph);
  const pairs = club.mapEdges((_edge, _attributes, source, target) => [Number(source), Number(target)]);
  return graphFromEdges(club.order, pairs.flat());
}

describe('diagnostics', () => {
  it("of Zachary's karate club are the published ones", () => {
    const found = diagnose(staticTopology(karate()));
    expect(found).to.deep.include({ nodes: 34, edges: 78, connected: true, diameter: { least: 5, most: 5 } });
    expect(found.degrees).to.deep.equal({ least: 1, mean: 156 / 34, most: 17 });
    expect(found.clustering.sampled).to.equal(false);
    expect(found.clustering.value).to.be.closeTo(0.5706384782, 1e-9);
  });

  it('give the diameters of the textbook', () => {
    const expected: [Choice, number, number][] = [
      [{ kind: 'complete' }, 9, 1],
      [{ kind: 'star' }, 9, 2],
      [{ kind: 'path' }, 9, 8],
      [{ kind: 'ring' }, 9, 4],
      [{ kind: 'ring', directed: true }, 9, 8],
      [{ kind: 'grid' }, 12, 5],
      [{ kind: 'torus' }, 36, 6],
      [{ kind: 'hypercube' }, 64, 6],
      [{ kind: 'tree' }, 15, 6],
      [{ kind: 'exponential' }, 16, 4],
    ];
    for (const [choice, nodes, hops] of expected)
      expect(diameter(make(choice, nodes).at(0)), choice.kind).to.deep.equal({ least: hops, most: hops });
  });

  it("agree with graphology's diameter on random graphs, and bound it where they sample", () => {
    for (const choice of [{ kind: 'erdos-renyi' }, { kind: 'barabasi-albert' }, { kind: 'watts-strogatz' }]) {
      const graph = make(choice, 80).at(0);
      const truth = graphologyDiameter(toGraphology(graph));
      expect(diameter(graph)).to.deep.equal({ least: truth, most: truth });
      const bounds = diameter(graph, 0);
      expect(bounds.least).to.be.at.most(truth);
      expect(bounds.most).to.be.at.least(truth);
    }
    const directed = make({ kind: 'epidemic', variant: 'local', degree: 4 }, 100, 2).at(0);
    const truth = diameter(directed);
    expect(diameter(directed, 0).least).to.be.at.most(truth.least);
    expect(diameter(directed, 0).most).to.be.at.least(truth.most);
  });

  it('give clustering coefficients by hand, and near ones where they sample', () => {
    // A triangle 0 1 2 with a tail 2–3: 1, 1, one joined pair of three, and 0.
    const tail = graphFromEdges(4, [0, 1, 1, 2, 2, 0, 2, 3]);
    expect(clustering(tail).value).to.be.closeTo((1 + 1 + 1 / 3) / 4, 1e-12);
    // A ring lattice with two neighbours on each side: 3 (k − 2) / 4 (k − 1) = 1/2.
    const lattice = make({ kind: 'watts-strogatz', degree: 4, rewiring: 0 }, 30).at(0);
    expect(clustering(lattice).value).to.be.closeTo(1 / 2, 1e-12);
    expect(clustering(graphFromEdges(3, [0, 1, 1, 2, 2, 0, 1, 0], true)).value).to.equal(1);
    const sampled = clustering(lattice, 0);
    expect(sampled.sampled).to.equal(true);
    expect(sampled.value).to.be.closeTo(1 / 2, 0.03);
  });

  it('predict from the gap where rounds are the same, and measure where they differ', () => {
    const star = diagnose(make({ kind: 'star' }, 10));
    expect(star.rate?.spectralGap).to.be.closeTo(0.1, 1e-9);
    // ln(1000) / −ln(0.9) = 65.6
    expect(star.roundsToConsensus).to.equal(66);
    expect(star).not.to.have.any.keys('measured', 'together', 'disconnection', 'receiving');
    const peers = diagnose(make({ kind: 'one-peer-exponential' }, 16));
    expect(peers).to.deep.include({ timeVarying: true, roundsToConsensus: 4 });
    expect(peers.together).to.deep.equal({ rounds: 1, connected: true });
    const pairs = diagnose(make({ kind: 'random-matching' }, 64));
    expect(pairs.connected).to.equal(false);
    // Boyd et al.: W² = W of a pair's mean, so the square's factor is the eigenvalue (N − 2) / 2(N − 1) of E[W].
    expect(pairs.rate?.factor).to.be.closeTo(Math.sqrt(62 / 126), 0.003);
    expect(pairs.together?.connected).to.equal(true);
    // Each coordinate's squared distance halves with every perfect matching, on average.
    expect(pairs.measured?.perRound).to.be.closeTo(Math.SQRT1_2, 0.02);
  });

  it('measure where singular values bound nothing: two hubs that gather much and pass it on one way', () => {
    const nodes = 300;
    const pairs = [0, 1, 1, 0];
    for (let leaf = 2; leaf < nodes; leaf++) pairs.push(leaf, leaf % 2, leaf % 2, leaf);
    for (let leaf = 2; leaf + 1 < nodes; leaf++) pairs.push(leaf, leaf + 1);
    const topology = staticTopology(graphFromEdges(nodes, pairs, true));
    const found = diagnose(topology, { mixing: { kind: 'column-stochastic' } });
    expect(found.rate).to.include({ certainty: 'at least', spectralGap: 0 });
    expect(found.connected).to.equal(true);
    expect(found.measured?.reached).to.equal(found.roundsToConsensus);
    expect(found.roundsToConsensus).to.be.within(2, 100);
  });

  it('say what the mixing matrix is', () => {
    const star = make({ kind: 'star' }, 5);
    expect(diagnose(star, { mixing: { kind: 'uniform' } }).mixing).to.deep.equal({
      kind: 'uniform',
      symmetric: false,
      rowStochastic: true,
      columnStochastic: false,
    });
    const ring = diagnose(make({ kind: 'ring', directed: true }, 5));
    expect(ring.mixing).to.deep.include({ kind: 'uniform', rowStochastic: true, columnStochastic: true });
    expect(ring.receiving).to.deep.equal({ least: 1, mean: 1, most: 1 });
  });

  it('say how a graph falls apart', () => {
    const apart = diagnose(staticTopology(graphFromEdges(5, [0, 1, 2, 3])));
    expect(apart).to.include({
      connected: false,
      roundsToConsensus: Infinity,
      disconnection: 'the graph falls into 3 parts of 2, 2, 1 nodes (no path leads from node 0 to node 2)',
    });
    expect(apart).not.to.have.property('diameter');
  });
});

describe('connectivity', () => {
  it('is strong where edges have directions', () => {
    const line = graphFromEdges(3, [0, 1, 1, 2], true);
    expect(isConnected(line)).to.equal(false);
    expect(components(line).sizes).to.deep.equal([3]);
    expect(disconnection(line)).to.equal(
      'the directed graph is not strongly connected (no path leads from node 1 to node 0)',
    );
    const reversed = graphFromEdges(3, [1, 0, 2, 1], true);
    expect(disconnection(reversed)).to.include('no path leads from node 0 to node 1');
    expect(disconnection(graphFromEdges(3, [0, 1, 1, 2, 2, 0], true))).to.equal(undefined);
  });

  it('finds the components', () => {
    const found = components(graphFromEdges(6, [5, 0, 1, 2, 2, 3]));
    expect([...found.of]).to.deep.equal([0, 1, 1, 1, 2, 0]);
    expect(found.sizes).to.deep.equal([2, 3, 1]);
  });

  it('is demanded in a sentence, over all rounds where they differ', () => {
    expect(refuseDisconnected(make({ kind: 'ring' }, 5), "algorithm 'd-psgd'")).to.equal(undefined);
    expect(refuseDisconnected(make({ kind: 'random-matching' }, 20), "algorithm 'noloco'")).to.equal(
      undefined,
    );
    const apart = make({ kind: 'caveman', cliques: 2, connected: false }, 8);
    expect(refuseDisconnected(apart, "algorithm 'd-psgd'")).to.equal(
      "algorithm 'd-psgd' needs a connected topology, and the graph falls into 2 parts of 4, 4 nodes " +
        '(no path leads from node 0 to node 4); ' +
        'use a topology with more neighbours, or connected: true where it has that option',
    );
    const never = make(
      { kind: 'churn', base: { kind: 'caveman', cliques: 2, connected: false }, linkFailure: 0.2 },
      8,
    );
    expect(refuseDisconnected(never, 'it')).to.include(', even over 100 rounds together; use');
  });
});
