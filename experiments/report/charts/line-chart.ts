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
    series: [...chart.series.flatMap(band), ...chart.series.map(line)],
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

/** After the palette is used up it begins again with other dashes. */
function look(index: number): { colour: Colour; dash: 'solid' | 'dashed' | 'dotted' } {
  const turn = Math.floor(index / seriesColours.length);
  return {
    colour: seriesColours[index % seriesColours.length],
    dash: turn === 0 ? 'solid' : turn === 1 ? 'dashed' : 'dotted',
  };
}

function line({ name, points }: Series, index: number): LineSeriesOption {
  const { colour: hue, dash } = look(index);
  return {
    type: 'line',
    name,
    data: points.map(([x, y]) => [x, Number.isFinite(y) ? y : '-']),
    silent: true,
    clip: false,
    sampling: 'lttb',
    color: colour(hue),
    lineStyle: { color: colour(hue), width: 1.75, type: dash, join: 'round' },
    symbol: 'circle',
    symbolSize: 4.5,
    showSymbol: points.length <= fewPoints,
    emphasis: { disabled: true },
  };
}

/** One polygon, drawn by the first of its points. */
function band({ band: rows }: Series, index: number): CustomSeriesOption[] {
  const known = (rows ?? []).filter((row) => row.every(Number.isFinite));
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
              style: { fill: colour(look(index).colour), opacity: 0.18 },
            },
    },
  ];
}
