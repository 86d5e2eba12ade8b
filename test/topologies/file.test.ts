import { expect } from 'chai';
import { forEachEdge, type Graph } from '../../topologies/graph.js';
import { topologies } from '../../topologies/registry.js';
import { files } from './files.js';

const read = (path: string, content: string, nodes: number, options = {}) =>
  topologies.create({ kind: 'file', path, ...options }, { nodes, seed: 1, readFile: () => content }).at(0);

function edges(graph: Graph): string {
  const list: string[] = [];
  forEachEdge(graph, (from, to) => list.push(`${from}-${to}`));
  return list.join(' ');
}

describe("the user's own graph", () => {
  it('from CSV: commas, blanks, tabs, semicolons, remarks, quotes, a header, declared nodes', () => {
    expect(edges(read('a.csv', '0,1\n1,2', 4))).to.equal('0-1 1-2');
    expect(edges(read('a.txt', '# SNAP\r\n0 1\r\n\r\n1  2\r\n', 3))).to.equal('0-1 1-2');
    expect(edges(read('a.tsv', '\uFEFF2\t0\n1\t2', 3))).to.equal('0-2 1-2');
    expect(edges(read('a.csv', 'b;a\na;c', 3))).to.equal('0-1 1-2');
    expect(edges(read('a.csv', '"x, y",z\n"z","w"', 3))).to.equal('0-1 1-2');
    expect(edges(read('a.csv', 'weight,target,source\n9,1,0\n9,2,1', 3, { directed: true }))).to.equal(
      '0-1 1-2',
    );
    expect(edges(read('a.csv', 'alone\na\nb\na,b', 3))).to.equal('1-2');
    expect(edges(read('a.data', '0,1', 2, { format: 'csv' }))).to.equal('0-1');
    expect(edges(read('a.csv', 'source,target\nNew York,b\nb,c', 3))).to.equal('0-1 1-2');
  });

  it("from networkx's edge lists, whatever attributes the edges have", () => {
    for (const attributes of [
      '{}',
      "{'weight': 1.5}",
      "{'weight': 1.5, 'color': 'r;b'}",
      "{'a': 1, 'b': {}, 'c': 2}",
    ]) {
      for (const separator of [' ', ',', '\t']) {
        const lines = ['0', '1', '2'].map((from, i) => [from, `${i + 1}`, attributes].join(separator));
        expect(edges(read('a.edgelist', lines.join('\n'), 4)), lines[0]).to.equal('0-1 1-2 2-3');
      }
    }
  });

  it('from JSON: pairs, networkx, graphology, a bare list', () => {
    const nodeLink =
      '{"directed":false,"nodes":[{"id":2},{"id":0},{"id":1}],"links":[{"source":2,"target":1,"w":3}]}';
    expect(edges(read('a.json', nodeLink, 3))).to.equal('1-2');
    const graphology =
      '{"options":{"type":"directed"},"nodes":[{"key":"a"},{"key":"b"}],"edges":[{"key":"e","source":"b","target":"a"}]}';
    const graph = read('a.json', graphology, 2);
    expect(graph.directed).to.equal(true);
    expect(edges(graph)).to.equal('1-0');
    expect(edges(read('a.json', '[[0,1],[1,2]]', 3))).to.equal('0-1 1-2');
    expect(edges(read('a.json', '{"nodes":4,"edges":[[0,3]]}', 4))).to.equal('0-3');
  });

  it('from GraphML, with its own direction unless told otherwise', () => {
    expect(edges(read('p.graphml', files['path.graphml'], 3))).to.equal('0-1 1-2');
    const directed = files['path.graphml'].replace('"undirected"', '"directed"');
    expect(read('p.graphml', directed, 3).directed).to.equal(true);
    expect(read('p.graphml', directed, 3, { directed: false }).directed).to.equal(false);
  });

  it('may list both directions of undirected edges if duplicates are ignored', () => {
    expect(edges(read('a.csv', '0,1\n1,0\n1,2', 3, { duplicates: 'ignore' }))).to.equal('0-1 1-2');
    expect(edges(read('a.csv', '0,1\n1,0', 2, { directed: true }))).to.equal('0-1 1-0');
  });

  const graphml = (inside: string) =>
    `<graphml><graph edgedefault="undirected">\n${inside}\n</graph></graphml>`;
  const bad: readonly [why: string, path: string, content: string, nodes: number, sentence: string][] = [
    [
      'an unknown number',
      'a.csv',
      '0,1\n1,7',
      5,
      'line 2: there is no node 7: 5 nodes are numbered from 0 to 4',
    ],
    ['counting from 1', 'a.csv', '1,2\n2,3', 3, 'numbered from 0 to 2 (this file seems to count from 1)'],
    [
      'too few names',
      'a.csv',
      'a,b',
      3,
      'it names 2 nodes, and there are to be 3; use 2 nodes, or declare the others',
    ],
    [
      'an undeclared node',
      'a.csv',
      'a\nb\na,c',
      2,
      "line 3: node 'c' is not declared; the file declares a, b",
    ],
    ['a node declared twice', 'a.csv', 'a\nb\na', 2, "line 3: node 'a' is there already, at line 1"],
    [
      'an edge twice',
      'a.csv',
      '0,1\n0,2\n0,1',
      3,
      'line 3: the edge 0–1 is there already, at line 1; leave one out',
    ],
    ['an edge from both ends', 'a.csv', '0,1\n1,0', 2, 'or directed: true if both directions are meant'],
    ['a self-loop', 'a.csv', '0,1\n1,1', 2, "line 2: node '1' has an edge to itself; leave it out"],
    [
      'a weight without a header',
      'a.csv',
      '0,1,0.5',
      2,
      'line 1 has 3 fields; an edge has two, unless a first line',
    ],
    [
      'values with commas among blanks',
      'a.edgelist',
      '0 1 1.5 r,b\n1 2 1.5 r,b\n2 3 1.5 r,b',
      4,
      "line 1: '0 1 1.5 r' contains blanks or separators in a file whose names are separated by commas; put the name in quotes",
    ],
    ['a line separated by others', 'a.csv', 'a b\nb,c', 4, "line 1: 'a b' contains blanks"],
    ['a line separated otherwise', 'a.csv', 'a,b\nb;c', 4, "line 2: 'b;c' contains blanks or separators"],
    ['half an edge', 'a.csv', '0,1\n1,', 2, 'line 2 lacks one end of its edge'],
    [
      'half an edge under a header',
      'a.csv',
      'weight,source,target\n1,0',
      2,
      'line 2 lacks one end of its edge',
    ],
    ['no JSON', 'a.json', '{"edges": [', 2, 'a.json: it is not JSON: '],
    ['no edges', 'a.json', '{"nodes": []}', 2, 'it has no edges; write { "nodes": ["a", "b"]'],
    [
      'a strange edge',
      'a.json',
      '{"edges": [[0, 1], [1]]}',
      2,
      'edges[1] is [1]; it has to be two names [a, b]',
    ],
    [
      'a strange link',
      'a.json',
      '{"links": [{"source": 0}]}',
      2,
      'links[0] is {"source":0}; it has to be two names',
    ],
    [
      'a strange node',
      'a.json',
      '{"nodes": [{}], "edges": []}',
      2,
      'nodes[0] is {}; it has to be a name, or',
    ],
    ['no graph at all', 'a.json', '3', 2, 'it is not a graph: the whole file: '],
    [
      'an unknown node in JSON',
      'a.json',
      '{"nodes":["a","b"],"edges":[["a","x"]]}',
      2,
      "edges[0]: node 'x' is not declared",
    ],
    [
      'a node twice in JSON',
      'a.json',
      '{"nodes":["a","a"],"edges":[]}',
      2,
      "nodes[1]: node 'a' is there already, at nodes[0]",
    ],
    [
      'an unknown node in GraphML',
      'a.graphml',
      graphml('<node id="a"/><node id="b"/>\n<edge source="a" target="q"/>'),
      2,
      "line 3: node 'q' is not declared; the file declares a, b",
    ],
    ['a node without id', 'a.graphml', graphml('<node/>'), 2, "line 2: this <node> has no attribute 'id'"],
    [
      'a node without id whose tag takes two lines',
      'a.graphml',
      graphml('<node\n/>'),
      2,
      "line 2: this <node> has no attribute 'id'",
    ],
    ['two graphs', 'a.graphml', graphml('<node id="a"><graph/></node>'), 2, 'it has 2 graphs'],
    ['a hyperedge', 'a.graphml', graphml('<hyperedge/>'), 2, 'line 2: hyperedges are not supported'],
    [
      'mixed directions',
      'a.graphml',
      graphml('<edge directed="true" source="a" target="b"/>'),
      2,
      'line 2: this edge is directed in a graph whose edges are not',
    ],
    [
      'a tag never closed',
      'a.graphml',
      '<graphml><graph>',
      2,
      'line 1: it is not well-formed XML: unclosed tag: graph',
    ],
    [
      'tags crossed',
      'a.graphml',
      '<graphml>\n<graph></graphml></graph>',
      2,
      'line 2: it is not well-formed XML: unexpected close tag.',
    ],
    [
      'broken markup',
      'a.graphml',
      '<graphml>\n<graph\n<node id=a/>',
      2,
      'line 3: it is not well-formed XML: disallowed character in attribute name.',
    ],
    ['no ending', 'graph', '0,1', 2, 'graph ends in none of .csv, .tsv, .txt, .edges, .json and .graphml'],
  ];
  for (const [why, path, content, nodes, sentence] of bad) {
    it(`is refused in a sentence: ${why}`, () => {
      expect(() => read(path, content, nodes)).to.throw(sentence);
      expect(() => read(path, content, nodes)).to.throw(`topology 'file' on ${nodes} nodes: ${path}`);
    });
  }

  it('is refused where no file can be read', () => {
    const choice = { kind: 'file', path: 'a.csv' };
    expect(() => topologies.create(choice, { nodes: 3, seed: 1 })).to.throw('a.csv cannot be read here');
    const missing = () => {
      throw new Error('no such file');
    };
    expect(() => topologies.create(choice, { nodes: 3, seed: 1, readFile: missing })).to.throw(
      'a.csv: no such file',
    );
  });
});
