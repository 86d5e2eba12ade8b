/** Whether series of a chart can be told apart: by readers of all kinds of colour vision, and without colour. */
import { expect } from 'chai';
import { lineChart } from '../../experiments/index.js';
import { seriesColours, themes } from '../../experiments/report/charts/colours.js';
import { lookOf } from '../../experiments/report/charts/looks.js';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** What is left of linear RGB in colour vision without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1). */
const visions: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: Matrix, [x, y, z]: Triple): Triple => [
  matrix[0][0] * x + matrix[0][1] * y + matrix[0][2] * z,
  matrix[1][0] * x + matrix[1][1] * y + matrix[1][2] * z,
  matrix[2][0] * x + matrix[2][1] * y + matrix[2][2] * z,
];

const map = ([x, y, z]: Triple, f: (value: number) => number): Triple => [f(x), f(y), f(z)];

function linear(hex: string): Triple {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return map([channel(1), channel(3), channel(5)], (c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
}

/** Ottosson's OKLab, in which a distance is about as large as it looks. */
function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    map(rgb, (value) => Math.min(1, Math.max(0, value))),
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    map(cones, Math.cbrt),
  );
}

function distance(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const pairs = (count: number) =>
  Array.from({ length: count }, (_, i) => i).flatMap((a) =>
    Array.from({ length: a }, (_, b): readonly [number, number] => [a, b]),
  );

describe('the looks of series', () => {
  it('two of the first 28 differ in two of colour, marker and dash', () => {
    for (const [a, b] of pairs(28)) {
      const [one, other] = [lookOf(a), lookOf(b)];
      const differing = [
        one.colour !== other.colour,
        one.marker !== other.marker,
        JSON.stringify(one.dash) !== JSON.stringify(other.dash),
      ];
      expect(differing.filter(Boolean).length, `${a} and ${b}`).to.be.at.least(2);
    }
  });

  for (const [name, theme] of Object.entries(themes)) {
    for (const [vision, matrix] of Object.entries(visions)) {
      it(`${name}: two colours are never alike, ${vision}`, () => {
        const seen = seriesColours.map((colour) => oklab(times(matrix, linear(theme[colour]))));
        for (const [a, b] of pairs(seen.length)) {
          expect(distance(seen[a], seen[b]), `${seriesColours[a]} and ${seriesColours[b]}`).to.be.above(0.07);
        }
      });
    }
  }

  for (const points of [5, 200]) {
    it(`14 series of ${points} points are all marked, and the plot keeps its height under their legend`, () => {
      const series = Array.from({ length: 14 }, (_, i) => ({
        name: `series number ${i}`,
        points: Array.from({ length: points }, (_, x) => [x, i + x / points] as const),
      }));
      const chart = {
        title: 'many',
        description: 'Many.',
        x: { label: 'round' },
        y: { label: 'loss' },
        series,
      };
      const svg = lineChart(chart);
      for (const { name } of series) expect(svg.split(`>${name}</text>`), name).to.have.lengthOf(2);
      // Lines and markers of the plot and of the legend, by colour and dash.
      const strokes = [...svg.matchAll(/stroke="(var\(--\w+\))"[^>]*stroke-dasharray="([^"]*)"/g)];
      expect(new Set(strokes.map(([, colour, dash]) => colour + dash)).size).to.equal(7);
      // Of each colour two series, each marked in the legend and at 5 or at 8 of its points.
      for (const colour of seriesColours) {
        const filled = [
          ...svg.matchAll(new RegExp(`<(?:path d="([^"]*)"|circle)[^>]* fill="var\\(--${colour}\\)"`, 'g')),
        ];
        const markers = filled.flatMap(([, course = 'M']) => course.match(/M/g) ?? []);
        expect(markers, colour).to.have.lengthOf(2 * (1 + Math.min(points, 8)));
      }
      const heightOf = (drawing: string) => Number(/ height="(\d+)"/.exec(drawing)?.[1]);
      expect(heightOf(svg) - heightOf(lineChart({ ...chart, series: series.slice(0, 2) }))).to.be.above(80);
    });
  }
});
