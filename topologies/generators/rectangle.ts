/** How many rows and columns a grid or torus has, and what to say where it cannot have them. */
import { refusal } from '../topology.js';

/**
 * The rows asked for, or the most nearly square rectangle, with no more rows than columns.
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
  const sides = `at least ${least} rows and ${least} columns`;
  if (rows === undefined)
    throw refusal(kind, nodes, `they make no rectangle with ${sides}; use ${nearest(nodes, least)} nodes`);
  const possible = mostSquare(nodes, least);
  const fewest = Math.max(rows, least) * Math.max(least, Math.ceil(nodes / Math.max(rows, least)));
  const works = `${possible === undefined ? '' : `rows: ${possible}, or `}${fewest} nodes`;
  throw refusal(kind, nodes, `rows: ${rows} makes no rectangle with ${sides}; use ${works}`);
}

/** The largest divisor up to the square root that leaves both sides long enough. */
function mostSquare(nodes: number, least: number): number | undefined {
  for (let rows = Math.floor(Math.sqrt(nodes)); rows >= least; rows--) if (nodes % rows === 0) return rows;
  return undefined;
}

/** The numbers of nodes next to this one that make a rectangle. */
function nearest(nodes: number, least: number): string {
  const smallest = least * least;
  let more = Math.max(nodes, smallest);
  while (mostSquare(more, least) === undefined) more++;
  let fewer = Math.min(nodes, more - 1);
  while (fewer >= smallest && mostSquare(fewer, least) === undefined) fewer--;
  return fewer >= smallest ? `${fewer} or ${more}` : `${more}`;
}
