/** Exact optimal transport between two uniform measures, as whole numbers of equal parcels. */
import { assign, type ScoreMatrix } from './assignment.js';

export interface TransportPlan {
  /** How many parcels go from each row to each column; row-major [rows, columns]. */
  readonly parcels: Int32Array;
  /** Parcels that each row sends. */
  readonly fromRow: number;
  /** Parcels that each column receives. */
  readonly toColumn: number;
}

/**
 * A cheapest plan that moves equal amounts from every row to equal amounts at every column. Of n rows and m
 * columns with greatest common divisor g, each row sends m/g parcels and each column receives n/g; with n = m that
 * is an assignment. Successive shortest paths, ties as in `assign`; O(n m) for each of a few (n + m) paths.
 * @throws RangeError where a cost is not a finite number
 */
export function transport(costs: ScoreMatrix): TransportPlan {
  const { rows, columns } = costs;
  const divisor = greatestCommonDivisor(rows, columns);
  const [fromRow, toColumn] = [columns / divisor, rows / divisor];
  const parcels = new Int32Array(rows * columns);
  if (rows === columns) {
    assign(costs, 'minimise').columns.forEach((column, row) => (parcels[row * columns + column] = 1));
    return { parcels, fromRow, toColumn };
  }
  const wrong = costs.values.findIndex((cost) => !Number.isFinite(cost));
  if (wrong >= 0) throw new RangeError(`a cost is ${costs.values[wrong]}; costs must be finite numbers`);
  const state: State = {
    costs,
    parcels,
    u: new Float64Array(rows),
    v: new Float64Array(columns),
    demand: new Int32Array(columns).fill(toColumn),
  };
  for (let row = 0; row < rows; row++) {
    for (let supply = fromRow; supply > 0;) supply -= augment(state, row, supply);
  }
  return { parcels, fromRow, toColumn };
}

/** u[row] + v[column] ≤ cost everywhere, with equality where parcels go; v = 0 where demand is left. */
interface State {
  readonly costs: ScoreMatrix;
  readonly parcels: Int32Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly demand: Int32Array;
}

/**
 * Sends parcels from a row along a shortest path to a column with demand left; on its way parcels of other rows
 * are redirected. Returns how many.
 */
function augment({ costs, parcels, u, v, demand }: State, source: number, supply: number): number {
  const { rows, columns, values } = costs;
  const distance = new Float64Array(columns).fill(Infinity);
  const rowBefore = new Int32Array(columns);
  const columnBefore = new Int32Array(rows);
  const rowDistance = new Float64Array(rows).fill(Infinity);
  const settled = new Uint8Array(columns);
  rowDistance[source] = 0;
  let reached = [source];
  let end = -1;
  let length = 0;
  while (end < 0) {
    for (const row of reached) {
      for (let column = 0; column < columns; column++) {
        const through = length + values[row * columns + column] - u[row] - v[column];
        if (settled[column] === 0 && through < distance[column]) {
          distance[column] = through;
          rowBefore[column] = row;
        }
      }
    }
    const nearest = nearestColumn(distance, settled, demand);
    settled[nearest] = 1;
    length = distance[nearest];
    if (demand[nearest] > 0) end = nearest;
    reached = [];
    for (let row = 0; row < rows; row++) {
      if (rowDistance[row] < Infinity || parcels[row * columns + nearest] === 0) continue;
      rowDistance[row] = length;
      columnBefore[row] = nearest;
      reached.push(row);
    }
  }
  for (let row = 0; row < rows; row++) if (rowDistance[row] < Infinity) u[row] += length - rowDistance[row];
  for (let column = 0; column < columns; column++) {
    if (settled[column] === 1) v[column] -= length - distance[column];
  }
  let amount = Math.min(supply, demand[end]);
  const path: { row: number; column: number; back?: number }[] = [];
  for (let column = end; ; column = columnBefore[rowBefore[column]]) {
    const row = rowBefore[column];
    if (row === source) {
      path.push({ row, column });
      break;
    }
    path.push({ row, column, back: columnBefore[row] });
    amount = Math.min(amount, parcels[row * columns + columnBefore[row]]);
  }
  for (const { row, column, back } of path) {
    parcels[row * columns + column] += amount;
    if (back !== undefined) parcels[row * columns + back] -= amount;
  }
  demand[end] -= amount;
  return amount;
}

/** Of equally near columns one with demand left, then the lowest. */
function nearestColumn(distance: Float64Array, settled: Uint8Array, demand: Int32Array): number {
  let nearest = -1;
  for (let column = 0; column < distance.length; column++) {
    if (settled[column] === 1) continue;
    const better =
      nearest < 0 ||
      distance[column] < distance[nearest] ||
      (distance[column] === distance[nearest] && demand[nearest] === 0 && demand[column] > 0);
    if (better) nearest = column;
  }
  return nearest;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
