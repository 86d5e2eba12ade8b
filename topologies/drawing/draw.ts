/** A drawing of a graph as one self-contained SVG. */
import { edgeCount, forEachEdge, type Graph } from '../graph.js';
import { colour } from './colours.js';

export interface Drawing {
  /** A number for each node, shown as its colour; NaN where there is none. */
  readonly values?: ArrayLike<number>;
  /** What the numbers are, for the legend. */
  readonly valueName?: string;
  /** A name for each node, written beside it. */
  readonly labels?: readonly string[];
  readonly title?: string;
  /** Side of the drawing in pixels, without the legend. */
  readonly size?: number;
}

const LEGEND = 44;
const EDGES = '#6b7280';
const TEXT = '#1f2937';
const NODES = '#31688e';

/**
 * @param positions x and y in [0, 1], node by node
 * @returns the SVG's text; its size and the order of everything in it depend on the arguments only
 */
export function drawTopology(graph: Graph, positions: ArrayLike<number>, drawing: Drawing = {}): string {
  const { size = 640, values, labels } = drawing;
  const { nodes } = graph;
  const edges = edgeCount(graph);
  const radius = Math.min(9, Math.max(1.5, (0.28 * size) / Math.sqrt(nodes) / 2));
  const margin = radius + (labels ? 28 : 12);
  const place = (node: number): Point => [
    margin + positions[2 * node] * (size - 2 * margin),
    margin + positions[2 * node + 1] * (size - 2 * margin),
  ];
  const range = values && extent(values);
  const height = size + (range ? LEGEND : 0);
  const title = drawing.title ?? `Graph of ${nodes} nodes`;
  const about =
    `${nodes} nodes and ${edges} ${graph.directed ? 'directed ' : ''}edges` +
    (range ? `; ${drawing.valueName ?? 'values'} from ${short(range[0])} to ${short(range[1])}` : '');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${height}" width="${size}" height="${height}" ` +
      'role="img" font-family="system-ui, sans-serif" font-size="12">',
    `<title>${escape(title)}</title>`,
    `<desc>${escape(about)}</desc>`,
    `<rect width="${size}" height="${height}" fill="#ffffff"/>`,
    ...edgePaths(graph, place, radius, edges),
    `<g stroke="#ffffff" stroke-width="${round(Math.min(1.5, radius / 4))}">`,
    ...Array.from({ length: nodes }, (_, node) => {
      const [x, y] = place(node);
      const value = values?.[node];
      const fill = value === undefined || !range ? NODES : colour(share(value, range));
      const name = `${labels?.[node] ?? `node ${node}`}${value === undefined ? '' : `: ${short(value)}`}`;
      const circle = `cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"`;
      return `<circle ${circle}><title>${escape(name)}</title></circle>`;
    }),
    '</g>',
    ...(labels ? labelTexts(labels, nodes, place, radius) : []),
    ...(range ? legend(range, drawing.valueName ?? '', size) : []),
    '</svg>',
    '',
  ].join('\n');
}

type Point = readonly [x: number, y: number];
type Place = (node: number) => Point;

/** All edges as one path; where they have directions, all heads as another. */
function edgePaths(graph: Graph, place: Place, radius: number, edges: number): string[] {
  if (edges === 0) return [];
  const lines: string[] = [];
  const heads: string[] = [];
  forEachEdge(graph, (from, to) => {
    const [a, b] = [place(from), place(to)];
    lines.push(`M${point(a)}L${point(b)}`);
    if (graph.directed) heads.push(head(a, b, radius));
  });
  const opacity = round(Math.min(0.6, Math.max(0.08, 25 / Math.sqrt(edges))), 2);
  const width = round(Math.min(1.2, Math.max(0.3, 40 / Math.sqrt(edges))), 2);
  const path = `<path d="${lines.join('')}" fill="none" stroke="${EDGES}" stroke-width="${width}" stroke-opacity="${opacity}"/>`;
  return graph.directed ? [path, `<path d="${heads.join('')}" fill="${EDGES}"/>`] : [path];
}

/** A triangle whose tip touches the circle at b. */
function head([ax, ay]: Point, [bx, by]: Point, radius: number): string {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
  const long = Math.max(3, 0.9 * radius);
  const back: Point = [bx - (radius + long) * dx, by - (radius + long) * dy];
  const wide = 0.45 * long;
  const tip: Point = [bx - radius * dx, by - radius * dy];
  return `M${point(tip)}L${point([back[0] - wide * dy, back[1] + wide * dx])}L${point([back[0] + wide * dy, back[1] - wide * dx])}Z`;
}

function labelTexts(labels: readonly string[], nodes: number, place: Place, radius: number): string[] {
  const texts = labels.slice(0, nodes).map((label, node) => {
    const [x, y] = place(node);
    return `<text x="${round(x)}" y="${round(y - radius - 3)}">${escape(label)}</text>`;
  });
  const halo = 'stroke="#ffffff" stroke-width="3" paint-order="stroke" stroke-linejoin="round"';
  return [`<g fill="${TEXT}" text-anchor="middle" ${halo}>`, ...texts, '</g>'];
}

/** A strip of the colours below the drawing, with the least and the largest value at its ends. */
function legend(range: Range, name: string, size: number): string[] {
  const steps = 32;
  const [left, top, width] = [12, size + 6, size - 24];
  const strip = Array.from({ length: steps }, (_, i) => {
    const x = round(left + (i * width) / steps);
    return `<rect x="${x}" y="${top}" width="${round(width / steps + 0.5)}" height="10" fill="${colour(i / (steps - 1))}"/>`;
  });
  const text = (x: number, anchor: string, content: string) =>
    `<text x="${round(x)}" y="${top + 26}" text-anchor="${anchor}" fill="${TEXT}">${escape(content)}</text>`;
  return [
    ...strip,
    text(left, 'start', short(range[0])),
    text(left + width / 2, 'middle', name),
    text(left + width, 'end', short(range[1])),
  ];
}

type Range = readonly [least: number, most: number];

/** The least and the largest number; nothing where there is none. */
function extent(values: ArrayLike<number>): Range | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > most) most = values[i];
  }
  return least <= most ? [least, most] : undefined;
}

const share = (value: number, [least, most]: Range) =>
  Number.isNaN(value) || most > least ? (value - least) / (most - least) : 0.5;

const round = (x: number, digits = 1) => Number(x.toFixed(digits));
const point = ([x, y]: Point) => `${round(x)} ${round(y)}`;
const short = (x: number) => String(Number(x.toPrecision(3)));
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
