/** A graph at given positions, its nodes coloured by a value each: a topology and what a run did on it. */
import { colour, rampColour } from './colours.js';
import { colourBar, colourBarHeight, type Amounts } from './colour-bar.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface GraphDrawing extends Picture {
  /** Of each node, in any unit. */
  readonly positions: readonly (readonly [x: number, y: number])[];
  /** Pairs of nodes. */
  readonly edges: readonly (readonly [from: number, to: number])[];
  /** Of each node, NaN where it is not known; without them all nodes look alike. */
  readonly values?: readonly number[];
  readonly amounts?: Amounts;
}

export function graphDrawing({ positions, edges, values, amounts, ...picture }: GraphDrawing): string {
  const place = fit(positions, { ...defaultSize, ...picture }, amounts ? colourBarHeight : 0);
  const points = positions.map(place);
  const radius = Math.min(9, Math.max(2, 60 / Math.sqrt(points.length)));
  const fill = (node: number) => {
    if (!values || !amounts) return colour('blue');
    return Number.isNaN(values[node]) ? colour('paper') : rampColour(values[node], amounts.low, amounts.high);
  };
  return drawSvg(picture, {
    graphic: [
      ...(amounts ? colourBar(amounts) : []),
      ...edges.map(([from, to]) => ({
        type: 'line',
        silent: true,
        shape: { x1: points[from][0], y1: points[from][1], x2: points[to][0], y2: points[to][1] },
        style: { stroke: colour('line'), lineWidth: 1, opacity: 0.6 },
      })),
      ...points.map(([cx, cy], node) => ({
        type: 'circle',
        silent: true,
        shape: { cx, cy, r: radius },
        style: { fill: fill(node), stroke: colour('ink'), lineWidth: 0.75 },
      })),
    ],
  });
}

/** From the positions' own units to the drawing's, the same in both directions, with a margin. */
function fit(
  positions: GraphDrawing['positions'],
  { width, height }: { width: number; height: number },
  top: number,
) {
  const margin = 12;
  const [left, right] = extent(positions.map(([x]) => x));
  const [low, high] = extent(positions.map(([, y]) => y));
  const room = { x: width - 2 * margin, y: height - top - 2 * margin };
  const unit = Math.min(room.x / (right - left || 1), room.y / (high - low || 1));
  return ([x, y]: readonly [number, number]): [number, number] => [
    width / 2 + unit * (x - (left + right) / 2),
    top + margin + room.y / 2 + unit * (y - (low + high) / 2),
  ];
}

function extent(values: readonly number[]): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
