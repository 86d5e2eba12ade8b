/** Closed forms of where a drawing puts the nodes: x to the right and y downwards, both in [0, 1]. */

/** All nodes on one circle, node 0 at the top, clockwise. */
export function circle(nodes: number): Float64Array {
  const positions = new Float64Array(2 * nodes);
  for (let node = 0; node < nodes; node++) place(positions, node, 0.5, node / nodes);
  return positions;
}

/** Node 0 in the middle, the others around it. */
export function hubAndCircle(nodes: number): Float64Array {
  const positions = new Float64Array(2 * nodes).fill(0.5);
  for (let node = 1; node < nodes; node++) place(positions, node, 0.5, (node - 1) / (nodes - 1));
  return positions;
}

export function line(nodes: number): Float64Array {
  return Float64Array.from({ length: 2 * nodes }, (_, i) => (i % 2 === 0 ? i / 2 / (nodes - 1) : 0.5));
}

/**
 * Row by row. With a bow (in cells), rows and columns are bent, so that an edge from one end of a row to the
 * other can be told from the row.
 */
export function lattice(rows: number, columns: number, bow = 0): Float64Array {
  const positions = new Float64Array(2 * rows * columns);
  const cell = 1 / (Math.max(rows, columns) - 1 + bow);
  const left = (1 - (columns - 1 + bow) * cell) / 2;
  const top = (1 - (rows - 1 + bow) * cell) / 2;
  const bent = (i: number, length: number) =>
    length < 2 ? 0 : (4 * bow * i * (length - 1 - i)) / (length - 1) ** 2;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = row * columns + column;
      positions[2 * node] = left + (column + bent(row, rows)) * cell;
      positions[2 * node + 1] = top + (row + bent(column, columns)) * cell;
    }
  }
  return positions;
}

/** Levels of a tree whose node i has parent ⌊(i − 1) / branching⌋: the root in the middle, levels around it. */
export function rings(nodes: number, branching: number): Float64Array {
  const positions = new Float64Array(2 * nodes).fill(0.5);
  const levels: { first: number; width: number }[] = [];
  for (let first = 0, width = 1; first < nodes; first += width, width *= branching)
    levels.push({ first, width });
  for (const [level, { first, width }] of levels.entries()) {
    if (level === 0) continue;
    for (let node = first; node < Math.min(nodes, first + width); node++)
      place(positions, node, (0.5 * level) / (levels.length - 1), (node - first + 0.5) / width);
  }
  return positions;
}

/** Puts a node on a circle around the middle, `turn` of the whole way round from the top. */
function place(positions: Float64Array, node: number, radius: number, turn: number): void {
  positions[2 * node] = 0.5 + radius * Math.sin(2 * Math.PI * turn);
  positions[2 * node + 1] = 0.5 - radius * Math.cos(2 * Math.PI * turn);
}
