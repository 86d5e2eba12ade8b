/** What every format of graph file says: names of nodes, and edges between them, each with its place in the file. */
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';

export interface NamedEdges {
  /** Where the file says so. */
  readonly directed?: boolean;
  /** The nodes that the file declares; left out where it has edges only. */
  readonly declared?: readonly { readonly name: string; readonly where: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly where: string }[];
}

export interface Numbering {
  /** The nodes that there have to be. */
  readonly nodes: number;
  readonly directed: boolean;
  /** Whether an edge may be there again (in an undirected graph, from its other end too). */
  readonly duplicates: 'refuse' | 'ignore';
}

/**
 * Numbers the nodes from 0: by their names, where these are such numbers themselves, else in the order of the
 * declarations or, without any, of first appearance.
 * @throws Error, a sentence with the place in the file
 */
export function toGraph(found: NamedEdges, { nodes, directed, duplicates }: Numbering): Graph {
  const numberOf = found.declared ? numberDeclared(found, nodes) : numberMentioned(found, nodes);
  const edges = new EdgeList();
  const seen = new Map<number, string>();
  for (const { from, to, where } of found.edges) {
    const a = numberOf(from, where);
    const b = numberOf(to, where);
    if (a === b)
      throw new Error(
        `${where}: node '${from}' has an edge to itself; leave it out, a node keeps its own model anyway`,
      );
    const key = directed || a < b ? a * nodes + b : b * nodes + a;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, where);
      edges.add(a, b);
    } else if (duplicates === 'refuse') {
      throw new Error(
        `${where}: the edge ${from}–${to} is there already, at ${before}; leave one out, or use duplicates: ignore` +
          (directed ? '' : ', or directed: true if both directions are meant as edges of their own'),
      );
    }
  }
  return edges.toGraph(nodes, directed);
}

function numberDeclared({ declared = [] }: NamedEdges, nodes: number) {
  const places = new Map<string, string>();
  for (const { name, where } of declared) {
    const before = places.get(name);
    if (before !== undefined)
      throw new Error(
        `${where}: node '${name}' is there already, at ${before}; every node needs a name of its own`,
      );
    places.set(name, where);
  }
  const names = [...places.keys()];
  demand(nodes, names.length, 'declares');
  const numbers = byName(names) ?? new Map(names.map((name, number) => [name, number]));
  return (name: string, where: string): number => {
    const number = numbers.get(name);
    if (number !== undefined) return number;
    throw new Error(`${where}: node '${name}' is not declared; the file declares ${some(names)}`);
  };
}

function numberMentioned({ edges }: NamedEdges, nodes: number) {
  const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  if (names.every(isNumber)) {
    const largest = names.reduce((most, name) => Math.max(most, Number(name)), 0);
    const fromOne = largest === nodes && !names.includes('0') ? ' (this file seems to count from 1)' : '';
    return (name: string, where: string): number => {
      if (Number(name) < nodes) return Number(name);
      throw new Error(
        `${where}: there is no node ${name}: ${nodes} nodes are numbered from 0 to ${nodes - 1}${fromOne}`,
      );
    };
  }
  demand(nodes, names.length, 'names');
  const numbers = new Map(names.map((name, number) => [name, number]));
  return (name: string): number => numbers.get(name) ?? -1;
}

function demand(nodes: number, found: number, verb: string): void {
  if (found === nodes) return;
  throw new Error(
    `it ${verb} ${found} nodes, and there are to be ${nodes}; use ${found} nodes, or declare the others in the file`,
  );
}

/** Names that are the numbers 0, …, N − 1 in some order stand for themselves. */
function byName(names: readonly string[]): Map<string, number> | undefined {
  if (!names.every((name) => isNumber(name) && Number(name) < names.length)) return undefined;
  return new Map(names.map((name) => [name, Number(name)]));
}

const isNumber = (name: string) => /^(0|[1-9]\d{0,8})$/.test(name);

const some = (names: readonly string[]) => names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
