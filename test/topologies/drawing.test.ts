import { expect } from 'chai';
import { colour } from '../../topologies/drawing/colours.js';
import { drawTopology } from '../../topologies/drawing/draw.js';
import { byForces, layout } from '../../topologies/drawing/layout.js';
import { circle, hubAndCircle, lattice, line, rings } from '../../topologies/drawing/placements.js';
import { parseTags } from '../../topologies/files/xml.js';
import { graphFromEdges } from '../../topologies/graph.js';
import { topologies } from '../../topologies/registry.js';

const near = (actual: ArrayLike<number>, expected: readonly number[]) => {
  expect(actual.length).to.equal(expected.length);
  expected.forEach((value, i) => expect(actual[i]).to.be.closeTo(value, 1e-12));
};

describe('placements', () => {
  it('are where they should be', () => {
    near(circle(4), [0.5, 0, 1, 0.5, 0.5, 1, 0, 0.5]);
    near(hubAndCircle(3), [0.5, 0.5, 0.5, 0, 0.5, 1]);
    near(line(3), [0, 0.5, 0.5, 0.5, 1, 0.5]);
    near(lattice(2, 3), [0, 0.25, 0.5, 0.25, 1, 0.25, 0, 0.75, 0.5, 0.75, 1, 0.75]);
    near(rings(3, 2), [0.5, 0.5, 1, 0.5, 0, 0.5]);
  });

  it('bend the rows of a torus, so that no node lies on the edge that closes its row', () => {
    const positions = lattice(3, 3, 0.4);
    const heights = [1, 3, 5].map((i) => positions[i]);
    expect(heights[0]).to.equal(heights[2]);
    expect(heights[1] - heights[0]).to.be.greaterThan(0.1);
  });
});

describe('layout', () => {
  const make = (kind: string, nodes: number) => topologies.create({ kind }, { nodes, seed: 1 });

  it("takes the definition's places where there are some", () => {
    expect(layout(make('ring', 9))).to.deep.equal(circle(9));
    expect(layout(make('epidemic', 8))).to.deep.equal(circle(8));
  });

  it('by forces: in the unit square, the same for the same seed, another for another', () => {
    const topology = make('barabasi-albert', 40);
    const positions = layout(topology, 5);
    expect(positions).to.deep.equal(layout(topology, 5));
    expect(positions).not.to.deep.equal(layout(topology, 6));
    expect(Math.min(...positions)).to.be.at.least(0);
    expect(Math.max(...positions)).to.be.at.most(1);
    expect(Math.max(...positions) - Math.min(...positions)).to.be.closeTo(1, 1e-9);
  });

  it('by forces: neighbours are nearer than others', () => {
    const graph = topologies
      .create({ kind: 'caveman', cliques: 4, connected: true }, { nodes: 24, seed: 1 })
      .at(0);
    const positions = byForces(graph);
    const distance = (a: number, b: number) =>
      Math.hypot(positions[2 * a] - positions[2 * b], positions[2 * a + 1] - positions[2 * b + 1]);
    let [inside, outside] = [0, 0];
    for (let a = 0; a < 24; a++) {
      for (let b = 0; b < a; b++) {
        if (Math.floor(a / 6) === Math.floor(b / 6)) inside += distance(a, b) / 60;
        else outside += distance(a, b) / 216;
      }
    }
    expect(inside).to.be.lessThan(0.4 * outside);
  });

  it('takes two directions of an edge for one', () => {
    expect(byForces(graphFromEdges(2, [0, 1, 1, 0], true))).to.have.length(4);
  });
});

describe('drawing', () => {
  const triangle = graphFromEdges(3, [0, 1, 1, 2, 2, 0]);

  it('is well-formed SVG with a title, a description, all nodes and all edges', () => {
    const svg = drawTopology(triangle, circle(3), { title: 'a <triangle> & "more"', size: 200 });
    const found = parseTags(svg);
    const count = (name: string) => found.filter((tag) => tag.name === name).length;
    expect(found[0].attributes.get('role')).to.equal('img');
    expect(count('circle')).to.equal(3);
    expect(count('path')).to.equal(1);
    expect(svg).to.include('<title>a &lt;triangle&gt; &amp; &quot;more&quot;</title>');
    expect(svg).to.include('<desc>3 nodes and 3 edges</desc>');
    const [path] = found.filter((tag) => tag.name === 'path');
    expect(path.attributes.get('d')?.match(/M/g)).to.have.length(3);
    expect(svg).not.to.match(/NaN|undefined|Infinity|http(?!:\/\/www\.w3\.org\/2000\/svg)/);
  });

  it('gives directed edges heads that touch their targets', () => {
    const arrow = graphFromEdges(2, [0, 1], true);
    const svg = drawTopology(arrow, [0, 0.5, 1, 0.5], { size: 100 });
    const heads = parseTags(svg).filter((tag) => tag.name === 'path');
    expect(heads).to.have.length(2);
    const target = parseTags(svg).filter((tag) => tag.name === 'circle')[1].attributes;
    const tip = Number(/^M([\d.]+) /.exec(heads[1].attributes.get('d') ?? '')?.[1]);
    expect(tip).to.be.closeTo(Number(target.get('cx')) - Number(target.get('r')), 0.11);
    expect(svg).to.include('2 nodes and 1 directed edges');
  });

  it('colours by value, with a legend; grey where there is no number', () => {
    const svg = drawTopology(triangle, circle(3), { values: [0.25, NaN, 1], valueName: 'accuracy' });
    const fills = parseTags(svg)
      .filter((tag) => tag.name === 'circle')
      .map((tag) => tag.attributes.get('fill'));
    expect(fills).to.deep.equal(['#440154', '#bbbbbb', '#fde725']);
    expect(svg).to.include('accuracy from 0.25 to 1').and.include('<title>node 0: 0.25</title>');
    expect(svg)
      .to.match(/>0\.25<\/text>/)
      .and.match(/>accuracy<\/text>/);
    const same = drawTopology(triangle, circle(3), { values: [2, 2, 2] });
    expect(same).to.include(`fill="${colour(0.5)}"`);
    expect(drawTopology(triangle, circle(3), { values: [NaN, NaN, NaN] })).not.to.include('</text>');
  });

  it('writes labels and escapes them', () => {
    const svg = drawTopology(triangle, circle(3), { labels: ['a<b', 'c', 'd'] });
    expect(svg).to.include('>a&lt;b</text>').and.include('<title>a&lt;b</title>');
  });

  it('draws a graph without edges', () => {
    expect(
      parseTags(drawTopology(graphFromEdges(2, []), line(2))).some((tag) => tag.name === 'path'),
    ).to.equal(false);
  });

  it('has colours that grow lighter all the way', () => {
    const light = (hex: string) =>
      [1, 3, 5].reduce(
        (sum, at, i) => sum + [0.2126, 0.7152, 0.0722][i] * parseInt(hex.slice(at, at + 2), 16),
        0,
      );
    const scale = Array.from({ length: 50 }, (_, i) => light(colour(i / 49)));
    for (let i = 1; i < 50; i++) expect(scale[i]).to.be.greaterThan(scale[i - 1]);
    expect(colour(-1)).to.equal(colour(0));
    expect(colour(2)).to.equal(colour(1));
  });
});
