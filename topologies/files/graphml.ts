/** Graphs as GraphML (Brandes et al. 2002), as Gephi, yEd, igraph and networkx write them. */
import type { NamedEdges } from './named-edges.js';
import { parseTags, type Tag } from './xml.js';

/** @throws Error with the line */
export function parseGraphml(text: string): NamedEdges {
  const all = parseTags(text);
  const graphs = all.filter(({ name }) => name === 'graph');
  if (graphs.length !== 1)
    throw new Error(
      `it has ${graphs.length} graphs (<graph> elements, including nested ones); it must have one`,
    );
  const hyperedge = all.find(({ name }) => name === 'hyperedge');
  if (hyperedge)
    throw new Error(`line ${hyperedge.line}: hyperedges are not supported; write edges between pairs`);
  const directed = graphs[0].attributes.get('edgedefault') === 'directed';
  const edges = all.filter(({ name }) => name === 'edge');
  const other = edges.find(
    ({ attributes }) => (attributes.get('directed') ?? String(directed)) !== String(directed),
  );
  if (other) {
    throw new Error(
      `line ${other.line}: this edge is ${directed ? 'undirected' : 'directed'} in a graph whose edges are not; ` +
        'make all edges directed or all undirected',
    );
  }
  return {
    directed,
    declared: all
      .filter(({ name }) => name === 'node')
      .map((tag) => ({ name: attribute(tag, 'id'), where: `line ${tag.line}` })),
    edges: edges.map((tag) => ({
      from: attribute(tag, 'source'),
      to: attribute(tag, 'target'),
      where: `line ${tag.line}`,
    })),
  };
}

function attribute({ name, attributes, line }: Tag, key: string): string {
  const value = attributes.get(key);
  if (value === undefined) throw new Error(`line ${line}: this <${name}> has no attribute '${key}'`);
  return value;
}
