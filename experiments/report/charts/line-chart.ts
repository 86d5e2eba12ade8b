/** Lines over a common axis, each with an interval band where its series has one. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import { horizontal, labelHeight, textStyle, vertical, verticalLabel, type Axis } from './axes.js';
import { colour, seriesColours, type Colour } from './colours.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface Series {
  readonly name: string;
  /** In the order of x. A value that is no finite number is a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What surrounds the line: worst to best, or an interval of confidence. In the order of x. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  /** Which of the looks it has; otherwise its place among the series. */
  readonly look?: number;
  /** Single points with bars of their interval, where x is measured and nothing lies between. */
  readonly apart?: boolean;
  /** Of each point, written beside it. */
  readonly labels?: readonly string[];
}

export interface LineChart extends Picture {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Few enough points to mark each of them. */
const fewPoints = 30;

export function lineChart(chart: LineChart): string {
  const several = chart.series.length > 1;
  const { width } = { ...defaultSize, ...chart };
  const legendHeight = several ? legendRow * rowsOfLegend(chart.series, width) : 0;
  return drawSvg(chart, {
    graphic: [verticalLabel(chart.y.label)],
    grid: { left: 4, right: 18, top: labelHeight + legendHeight, bottom: 4 },
    xAxis: horizontal(chart.x),
    yAxis: vertical(chart.y),
    ...(several && { legend }),
    series: [...chart.series.map(cutAt(chart.y)).flatMap(band), ...chart.series.map(line)],
  });
}

const legendRow = 22;
const legendItem = { itemWidth: 24, itemHeight: 8, itemGap: 16 };

const legend = {
  ...legendItem,
  top: 20,
  left: 0,
  padding: 0,
  selectedMode: false,
  textStyle,
  inactiveColor: colour('faint'),
};

/** ECharts breaks a legend into rows but keeps no room for them. Letters are about 7 wide. */
function rowsOfLegend(series: readonly Series[], width: number): number {
  let rows = 1;
  let used = 0;
  for (const { name } of series) {
    const size = legendItem.itemWidth + 5 + 7 * name.length + legendItem.itemGap;
    if (used > 0 && used + size > width) {
      rows++;
      used = 0;
    }
    used += size;
  }
  return rows;
}

/** With a band that ends where the axis does. */
const cutAt =
  ({ least = -Infinity, most = Infinity }: Axis) =>
  (series: Series): Series => ({
    ...series,
    ...(series.band && {
      band: series.band.map(([x, low, high]) => [x, Math.max(least, low), Math.min(most, high)]),
    }),
  });

/** After the palette is used up it begins again with other dashes. */
function look(index: number): { colour: Colour; dash: 'solid' | 'dashed' | 'dotted' } {
  const turn = Math.floor(index / seriesColours.length);
  return {
    colour: seriesColours[index % seriesColours.length],
    dash: turn === 0 ? 'solid' : turn === 1 ? 'dashed' : 'dotted',
  };
}

function line({ name, points, labels, look: own, apart = false }: Series, index: number): LineSeriesOption {
  const { colour: hue, dash } = look(own ?? index);
  return {
    type: 'line',
    name,
    data: points.map(([x, y], i) => ({
      value: [x, Number.isFinite(y) ? y : '-'],
      ...(labels && {
        label: {
          ...textStyle,
          show: true,
          position: i < 0.75 * points.length ? ('right' as const) : ('left' as const),
          formatter: () => labels[i],
        },
      }),
    })),
    silent: true,
    clip: false,
    ...(points.length > fewPoints && { sampling: 'lttb' as const }),
    color: colour(hue),
    lineStyle: { color: colour(hue), width: apart ? 0 : 1.75, type: dash, join: 'round' },
    symbol: apart ? symbols[(own ?? index) % symbols.length] : 'circle',
    symbolSize: apart ? 8 : 4.5,
    ...(labels && { labelLayout: apartFromOthers() }),
    showSymbol: apart || points.length <= fewPoints,
    emphasis: { disabled: true },
  };
}

/** Moves each label up or down to where none of those before it is. */
function apartFromOthers() {
  const taken: Rectangle[] = [];
  return ({ labelRect }: { readonly labelRect: Rectangle }) => {
    const { x, y, width, height } = labelRect;
    const steps = taken.flatMap((_, i) => [-(i + 1) * height, (i + 1) * height]);
    const isFree = (dy: number) => !taken.some((other) => overlap(other, { x, y: y + dy, width, height }));
    const dy = [0, ...steps].find(isFree) ?? 0;
    taken.push({ x, y: y + dy, width, height });
    return { dy };
  };
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const overlap = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Points that stand apart are told by their form too. */
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'pin'];

/** One polygon, drawn by the first of its points. */
function band({ band: rows, look: own, apart = false }: Series, index: number): CustomSeriesOption[] {
  const known = (rows ?? []).filter((row) => row.every(Number.isFinite));
  const fill = colour(look(own ?? index).colour);
  if (apart) return known.length > 0 ? [bars(known, fill)] : [];
  if (known.length < 2) return [];
  return [
    {
      type: 'custom',
      data: known.map((row) => [...row]),
      encode: { x: 0, y: [1, 2] },
      silent: true,
      renderItem: (item, api) =>
        item.dataIndex > 0
          ? null
          : {
              type: 'polygon',
              shape: {
                points: [
                  ...known.map(([x, low]) => api.coord([x, low])),
                  ...known.toReversed().map(([x, , high]) => api.coord([x, high])),
                ],
              },
              style: { fill, opacity: 0.18 },
            },
    },
  ];
}

/** An upright bar at each point. */
function bars(rows: NonNullable<Series['band']>, stroke: string): CustomSeriesOption {
  return {
    type: 'custom',
    data: rows.map((row) => [...row]),
    encode: { x: 0, y: [1, 2] },
    silent: true,
    renderItem: ({ dataIndex }, api) => {
      const [x, low, high] = rows[dataIndex];
      const [x1, y1] = api.coord([x, low]);
      const [x2, y2] = api.coord([x, high]);
      return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.25 } };
    },
  };
}
