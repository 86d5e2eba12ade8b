/** How many rows and columns a grid or torus has. */
import { refusal } from '../topology.js';

/**
 * The rows asked for, or the most nearly square rectangle of all nodes with more rows than columns nowhere.
 * @throws Error where no rectangle has sides of at least `least`
 */
export function rectangle(
  kind: string,
  nodes: number,
  rows: number | undefined,
  least: number,
): { readonly rows: number; readonly columns: number } {
  const chosen = rows ?? mostSquare(nodes, least);
  if (chosen !== undefined && nodes % chosen === 0 && Math.min(chosen, nodes / chosen) >= least)
    return { rows: chosen, columns: nodes / chosen };
  const side = Math.max(least, Math.round(Math.sqrt(nodes)));
  const above = nearest(nodes, least);
  const works = [`${side * side} nodes (${side} × ${side})`];
  if (above !== side * side) works.push(`${above} nodes`);
  const possible = mostSquare(nodes, least);
  if (possible !== undefined) works.unshift(`rows: ${possible}`);
  throw refusal(
    kind,
    nodes,
    `${rows === undefined ? 'they make no rectangle' : `${rows} rows make no rectangle`} with at least ` +
      `${least} rows and ${least} columns; use ${works.join(' or ')}`,
  );
}

/** The largest divisor up to the square root that leaves both sides long enough. */
function mostSquare(nodes: number, least: number): number | undefined {
  for (let rows = Math.floor(Math.sqrt(nodes)); rows >= least; rows--) if (nodes % rows === 0) return rows;
  return undefined;
}

/** The next larger number of nodes that makes a rectangle. */
function nearest(nodes: number, least: number): number {
  let more = Math.max(nodes, least * least);
  while (mostSquare(more, least) === undefined) more++;
  return more;
}
