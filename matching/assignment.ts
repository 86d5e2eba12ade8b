/**
 * Rectangular linear assignment: each row gets a column of its own so that the sum of the chosen scores is
 * least, or greatest. Successive shortest augmenting paths (Jonker & Volgenant 1987; Crouse 2016).
 */

/** How well each row fits each column; row-major [rows, columns]. */
export interface ScoreMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export interface Assignment {
  /** The column of each row; no column comes twice. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** The sum of the chosen scores, added in row order. */
  readonly value: number;
}

/**
 * An optimal assignment of rows to columns, in O(rows² · columns). The same matrix always gives the same
 * assignment: of equally short paths the one that ends at a free column counts, then the lowest column.
 * @throws RangeError where there are more rows than columns, or a score is not a finite number
 */
export function assign(matrix: ScoreMatrix, objective: 'minimise' | 'maximise'): Assignment {
  check(matrix);
  const { rows, columns, values } = matrix;
  const costs = objective === 'minimise' ? values : values.map((score) => -score);
  const search = startFromRowMinima(rows, columns, costs);
  for (let row = 0; row < rows; row++) if (search.columnOf[row] < 0) augment(search, row);
  let value = 0;
  for (let row = 0; row < rows; row++) value += values[row * columns + search.columnOf[row]];
  return { columns: search.columnOf, value };
}

function check({ rows, columns, values }: ScoreMatrix): void {
  if (rows > columns) {
    throw new RangeError(
      `${rows} rows cannot each have one of ${columns} columns: give at least as many columns as rows`,
    );
  }
  if (values.length !== rows * columns) {
    throw new RangeError(`a ${rows} × ${columns} score matrix was given ${values.length} scores`);
  }
  const wrong = values.findIndex((score) => !Number.isFinite(score));
  if (wrong >= 0) {
    const place = `row ${Math.floor(wrong / columns)}, column ${wrong % columns}`;
    throw new RangeError(`the score at ${place} is ${values[wrong]}; scores must be finite numbers`);
  }
}

/**
 * A partial assignment and the dual variables that prove it optimal: u[row] + v[column] ≤ cost everywhere,
 * with equality where assigned, and v = 0 at free columns.
 */
interface Search {
  readonly columns: number;
  readonly costs: Float64Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly columnOf: Int32Array<ArrayBuffer>;
  readonly rowOf: Int32Array;
  /** Of the current search: the length of the shortest path to each column, and the row before it. */
  readonly distance: Float64Array;
  readonly before: Int32Array;
  /** The columns, those that are settled at the end. */
  readonly open: Int32Array;
}

/** Every row's least cost is its dual; the row takes that column if it is free. Most rows are done then. */
function startFromRowMinima(rows: number, columns: number, costs: Float64Array): Search {
  const search = {
    columns,
    costs,
    u: new Float64Array(rows),
    v: new Float64Array(columns),
    columnOf: new Int32Array(rows).fill(-1),
    rowOf: new Int32Array(columns).fill(-1),
    distance: new Float64Array(columns),
    before: new Int32Array(columns),
    open: new Int32Array(columns),
  };
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let least = 0;
    for (let column = 1; column < columns; column++) {
      if (costs[start + column] < costs[start + least]) least = column;
    }
    search.u[row] = costs[start + least];
    if (search.rowOf[least] < 0) {
      search.rowOf[least] = row;
      search.columnOf[row] = least;
    }
  }
  return search;
}

/** Assigns a free row along the shortest alternating path to a free column (Dijkstra on reduced costs). */
function augment(search: Search, freeRow: number): void {
  const { columns, costs, u, v, columnOf, rowOf, distance, before, open } = search;
  for (let column = 0; column < columns; column++) open[column] = column;
  distance.fill(Infinity);
  let left = columns;
  let row = freeRow;
  let length = 0;
  let end = -1;
  while (end < 0) {
    const start = row * columns;
    const offset = length - u[row];
    let shortest = Infinity;
    let at = -1;
    for (let index = 0; index < left; index++) {
      const column = open[index];
      const through = offset + costs[start + column] - v[column];
      if (through < distance[column]) {
        distance[column] = through;
        before[column] = row;
      }
      const here = distance[column];
      if (here < shortest || (here === shortest && precedes(rowOf, column, open[at]))) {
        shortest = here;
        at = index;
      }
    }
    const settled = open[at];
    open[at] = open[--left];
    open[left] = settled;
    length = shortest;
    if (rowOf[settled] < 0) end = settled;
    else row = rowOf[settled];
  }
  u[freeRow] += length;
  for (let index = left; index < columns; index++) {
    const column = open[index];
    if (column === end) continue;
    u[rowOf[column]] += length - distance[column];
    v[column] -= length - distance[column];
  }
  for (let column = end; ;) {
    const owner = before[column];
    rowOf[column] = owner;
    const next = columnOf[owner];
    columnOf[owner] = column;
    if (owner === freeRow) return;
    column = next;
  }
}

/** Whether `column` comes before `other` among columns at the same distance. */
function precedes(rowOf: Int32Array, column: number, other: number): boolean {
  const [free, otherFree] = [rowOf[column] < 0, rowOf[other] < 0];
  return free === otherFree ? column < other : free;
}
