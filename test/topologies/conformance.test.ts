import { expect } from 'chai';
import { canonicalJson } from '../../numerics/index.js';
import { isConnected } from '../../topologies/connectivity.js';
import { degree, edgeCount, hasEdge, neighbours, type Graph } from '../../topologies/graph.js';
import { topologies } from '../../topologies/registry.js';
import { cases } from './cases.js';
import { files } from './files.js';

const ROUNDS = 5;

describe('every topology', () => {
  it('has a case here', () => {
    expect(new Set(cases.map(({ choice }) => choice.kind))).to.deep.equal(
      new Set(topologies.entries.map(({ kind }) => kind)),
    );
  });

  it('has a summary, and a description of every option', () => {
    for (const { kind, summary, options } of topologies.entries) {
      expect(summary, kind).to.match(/^[A-ZG].*\.$/);
      const shape: Readonly<Record<string, unknown>> = options.shape;
      for (const [name, option] of Object.entries(shape))
        expect(option, `${kind}.${name}`).to.have.property('description').that.is.a('string');
    }
  });

  for (const { choice, nodes, ...promised } of cases) {
    const make = (seed: number) => {
      const parsed = topologies.field().parse(choice);
      return topologies.create(parsed, { seed, nodes, readFile: (path) => files[path] });
    };

    describe(`${canonicalJson(choice)} on ${nodes} nodes`, () => {
      const topology = make(1);
      const rounds = Array.from({ length: ROUNDS }, (_, round) => topology.at(round));

      it('says truly how many nodes it has, whether it is directed and whether it varies', () => {
        expect(topology.nodes).to.equal(nodes);
        expect(topology.directed).to.equal(promised.directed ?? false);
        expect(topology.timeVarying).to.equal(promised.timeVarying ?? false);
        for (const graph of rounds) {
          expect(graph.nodes).to.equal(nodes);
          expect(graph.directed).to.equal(topology.directed);
        }
        if (!topology.timeVarying) expect(rounds[ROUNDS - 1]).to.equal(rounds[0]);
      });

      it('has sorted neighbours, no self-loops, and the same edges seen from both ends', () => {
        for (const graph of rounds) checkStructure(graph);
      });

      it('repeats after its period', () => {
        if (topology.period === undefined) return;
        for (let round = 0; round < ROUNDS; round++)
          expect(topology.at(round + topology.period)).to.deep.equal(topology.at(round));
      });

      it('has the degrees and the edges that its definition says', () => {
        for (const graph of rounds) {
          const degrees = Array.from({ length: nodes }, (_, node) => degree(graph.out, node));
          const { degrees: expected, edges } = promised;
          if (typeof expected === 'number') expect(degrees).to.deep.equal(degrees.map(() => expected));
          else if (expected !== undefined) expect(degrees).to.deep.equal(expected);
          if (edges !== undefined) expect(edgeCount(graph)).to.equal(edges);
        }
      });

      it('is connected where it promises so', () => {
        if (promised.connected === false) expect(rounds.every(isConnected)).to.equal(false);
        else expect(rounds.map(isConnected)).to.deep.equal(rounds.map(() => true));
      });

      it('is the same for the same seed, in whatever order rounds are asked for', () => {
        const again = make(1);
        for (let round = ROUNDS - 1; round >= 0; round--)
          expect(again.at(round)).to.deep.equal(rounds[round]);
      });

      it('differs for another seed exactly where it is random', () => {
        const other = make(2);
        const same = rounds.every((graph, round) => canonicalJson(graph) === canonicalJson(other.at(round)));
        expect(same).to.equal(!(promised.random ?? false));
      });

      it('places every node in the unit square, at places of its own', () => {
        const positions = topology.positions?.();
        if (positions === undefined) return;
        expect(positions.length).to.equal(2 * nodes);
        expect(Math.min(...positions)).to.be.at.least(0);
        expect(Math.max(...positions)).to.be.at.most(1);
        const places = new Set(
          Array.from({ length: nodes }, (_, node) => positions.slice(2 * node, 2 * node + 2).join()),
        );
        expect(places.size).to.equal(nodes);
      });
    });
  }
});

function checkStructure(graph: Graph): void {
  for (let node = 0; node < graph.nodes; node++) {
    for (const [there, back] of [
      [graph.out, graph.in],
      [graph.in, graph.out],
    ] as const) {
      const next = [...neighbours(there, node)];
      expect(next).to.deep.equal([...new Set(next)].sort((a, b) => a - b));
      expect(next).not.to.include(node);
      for (const other of next) expect([...neighbours(back, other)]).to.include(node);
    }
    for (const other of neighbours(graph.out, node)) expect(hasEdge(graph, node, other)).to.equal(true);
  }
  if (!graph.directed) expect(graph.in).to.equal(graph.out);
}
