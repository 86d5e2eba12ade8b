import { expect } from 'chai';
import { barChart, graphDrawing, heatmap, lineChart, themes, withColours } from '../../experiments/index.js';
import { percent } from '../../experiments/report/page/numbers.js';
import { unbalanced } from './markup.js';

const picture = { title: 'What <it> shows', description: 'It rises & falls.' };
const share = { label: 'share', format: (value: number) => percent(value, 0), low: 0, high: 1 };

const line = (band = true) =>
  lineChart({
    ...picture,
    x: { label: 'round' },
    y: { label: 'accuracy', least: 0, most: 1 },
    series: [
      {
        name: 'first <b>',
        points: [
          [0, 0.25],
          [1, 0.5],
          [2, 0.75],
        ],
        ...(band && {
          band: [
            [0, 0, 0.5],
            [1, 0.25, 0.75],
            [2, 0.5, 1],
          ],
        }),
      },
      {
        name: 'second',
        points: [
          [0, 0.5],
          [2, NaN],
        ],
      },
    ],
  });

const cells = () =>
  heatmap({
    ...picture,
    x: { label: 'client', names: ['0', '1', '2'] },
    y: { label: 'label', names: ['a', 'b'] },
    values: [
      [0, 0.5, undefined],
      [1, 0.5, NaN],
    ],
    amounts: share,
    written: [
      ['0 %', '50 %', 'diverged'],
      ['100 %', '50 %', '–'],
    ],
  });

const bars = () =>
  barChart({
    ...picture,
    x: 'client',
    y: { label: 'accuracy', least: 0, most: 1 },
    bars: [
      { name: '4', value: 0.25 },
      { name: '2', value: 0.5 },
      { name: '7', value: 1 },
    ],
    marks: [{ name: 'mean', value: 0.5 }],
  });

const graph = () =>
  graphDrawing({
    ...picture,
    positions: [
      [-1, 0],
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    edges: [
      [0, 1],
      [1, 2],
      [3, 1],
    ],
    values: [0, 0.4, 1, 0.4],
    amounts: share,
  });

/** Subpaths of all paths with a fill: rectangles and the like. */
function filled(svg: string, fill: string): string[] {
  return [...svg.matchAll(new RegExp(`<path d="([^"]*)"[^>]* fill="var\\(--${fill}\\)"`, 'g'))].flatMap(
    ([, course]) => course.match(/M[^M]*/g) ?? [],
  );
}

/** Height of a rectangle that is written "Mx yl width 0l0 height…". */
const heightOf = (rectangle: string) =>
  Math.abs(Number(/^M\S+ \S+l\S+ 0l0 (-?[\d.]+)/.exec(rectangle)?.[1] ?? NaN));

describe('charts', () => {
  for (const [name, draw] of Object.entries({ line, cells, bars, graph })) {
    it(`${name}: the same bytes each time, well formed, named, coloured by variables only`, () => {
      const svg = draw();
      expect(draw()).to.equal(svg);
      expect(unbalanced(svg)).to.equal(undefined);
      expect(svg).to.include('aria-label="What &#60;it&#62; shows"');
      expect(svg).to.include('<title>What &#60;it&#62; shows</title><desc>It rises &#38; falls.</desc>');
      expect(svg).not.to.match(/zr\d|class=|ecmeta|NaN|undefined/);
      for (const [, colour] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
        expect(colour).to.match(/^(none|var\(--[a-z0-9-]+\))$/);
      }
    });

    it(`${name}: every variable has a value in both themes`, () => {
      for (const theme of Object.values(themes)) {
        expect(withColours(draw(), theme)).not.to.include('var(');
      }
    });
  }

  it('a line goes through its points, its band along the bounds', () => {
    const svg = line();
    const course = /<path d="M([^"]*)" fill="none" stroke="var\(--blue\)" stroke-width="1.75"/.exec(svg)?.[1];
    const points = (course ?? '').split('L').map((point) => point.split(' ').map(Number));
    expect(points).to.have.lengthOf(3);
    const corners = (/<polygon points="([^"]*)"/.exec(svg)?.[1] ?? '').split(' ').map(Number);
    expect(corners).to.have.lengthOf(12);
    const ys = corners.filter((_, i) => i % 2 === 1);
    const quarter = (points[0][1] - points[2][1]) / 2;
    // low, low, low, then the highs back: each a quarter below and above the line
    const expected = [points[0], points[1], points[2]].map(([, y]) => y + quarter);
    expected.push(...[points[2], points[1], points[0]].map(([, y]) => y - quarter));
    ys.forEach((y, i) => {
      expect(y).to.be.closeTo(expected[i], 0.3);
    });
    expect(line(false)).not.to.include('<polygon');
  });

  it('names in a legend are text, not markup', () => {
    expect(line()).to.include('>first &lt;b&gt;</text>');
  });

  it('a map has a cell for each value, coloured by it, and none for missing ones', () => {
    const svg = cells();
    // the key of the ramp draws each colour once; 0.5 begins the upper half
    expect(filled(svg, 'ramp-0')).to.have.lengthOf(2);
    expect(filled(svg, 'ramp-6')).to.have.lengthOf(3);
    expect(filled(svg, 'ramp-11')).to.have.lengthOf(2);
    expect(filled(svg, 'ramp-3')).to.have.lengthOf(1);
    expect(svg.match(/>50 %</g)).to.have.lengthOf(2);
    // What has no value may say why.
    expect(svg).to.include('>diverged</text>').and.include('>–</text>');
  });

  it('a large map stays small', () => {
    const names = (n: number) => Array.from({ length: n }, (_, i) => String(i));
    const svg = heatmap({
      ...picture,
      width: 960,
      height: 600,
      x: { label: 'client', names: names(100) },
      y: { label: 'label', names: names(62) },
      values: names(62).map((_, y) => names(100).map((_, x) => ((x * 7 + y * 3) % 11) / 10)),
      amounts: share,
    });
    expect(svg.match(/M\d/g)).to.have.lengthOf.above(6200);
    expect(svg.length).to.be.below(200_000);
  });

  it('bars are as high as their values', () => {
    const heights = filled(bars(), 'blue').map(heightOf);
    expect(heights).to.have.lengthOf(3);
    expect(heights[1] / heights[0]).to.be.closeTo(2, 0.05);
    expect(heights[2] / heights[0]).to.be.closeTo(4, 0.1);
    expect(bars()).to.include('>mean</text>');
  });

  it('bars begin at zero, wherever their values lie', () => {
    const drawn = barChart({
      ...picture,
      x: 'client',
      y: { label: 'examples' },
      bars: [100, 104].map((value) => ({ name: String(value), value })),
    });
    const [low, high] = filled(drawn, 'blue').map(heightOf);
    expect(high / low).to.be.closeTo(1.04, 0.01);
  });

  it('an axis of lines says that it does not begin at zero, or is logarithmic', () => {
    const along = (values: readonly number[], scale: 'linear' | 'log' = 'linear') =>
      lineChart({
        ...picture,
        x: { label: 'round' },
        y: { label: 'accuracy', format: (value) => percent(value, 0), scale },
        series: [{ name: 'one', points: values.map((value, x) => [x, value]) }],
      });
    expect(along([0.5, 0.8])).to.include('>accuracy (axis from 50\u00a0%)</text>');
    expect(along([0, 0.8])).to.include('>accuracy</text>');
    expect(along([0.001, 0.8], 'log')).to.include('>accuracy (logarithmic)</text>');
    // Its ends are round, and enclose everything: 0.2 to 1, a line every 0.2.
    const ticks = [...along([0.21, 0.99]).matchAll(/>(\d+)\u00a0%<\/text>/g)].map(([, tick]) => tick);
    expect(ticks).to.deep.equal(['20', '40', '60', '80', '100']);
  });

  it('a value that does not depend on x is a line across the whole drawing', () => {
    const series = [
      {
        name: 'varies',
        points: [
          [1, 0.2],
          [3, 0.4],
        ] as const,
      },
      { name: 'does not', points: [], level: 0.8 },
    ];
    const svg = lineChart({ ...picture, x: { label: 'alpha' }, y: { label: 'accuracy' }, series });
    const across = [
      ...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke="var\(--vermillion\)"/g),
    ];
    const [level] = across.filter(([, x1, , x2]) => Number(x2) - Number(x1) > 300);
    expect(level[2]).to.equal(level[4]);
    expect(svg).to.include('>does not</text>');
  });

  it('a graph has its nodes in place, the same scale both ways, and its edges', () => {
    const svg = graph();
    const nodes = [
      ...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" fill="var\(--([^)]*)\)"/g),
    ];
    expect(nodes.map(([, , , fill]) => fill)).to.deep.equal(['ramp-0', 'ramp-4', 'ramp-11', 'ramp-4']);
    const [left, middle, right, low] = nodes.map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
    expect(right.x - middle.x).to.be.closeTo(middle.x - left.x, 0.2);
    expect(low.y - middle.y).to.be.closeTo(middle.x - left.x, 0.2);
    const edges = /<path d="([^"]*)" fill="none" stroke="var\(--line\)"/.exec(svg)?.[1] ?? '';
    expect(edges.match(/M/g)).to.have.lengthOf(3);
  });

  it('a graph of one node and an empty chart are drawn', () => {
    expect(graphDrawing({ ...picture, positions: [[5, 5]], edges: [] })).to.include('<circle');
    const empty = { ...picture, x: { label: 'round' }, y: { label: 'loss' }, series: [] };
    expect(unbalanced(lineChart(empty))).to.equal(undefined);
    expect(unbalanced(barChart({ ...picture, x: 'client', y: { label: 'n' }, bars: [] }))).to.equal(
      undefined,
    );
  });
});
