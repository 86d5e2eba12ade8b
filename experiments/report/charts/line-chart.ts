/** Lines over a common axis, each with an interval band where its series has one. */
import type { LineSeriesOption } from 'echarts/charts';
import {
  labelledAxis,
  horizontal,
  labelHeight,
  rangeOf,
  textStyle,
  vertical,
  verticalLabel,
  type Axis,
} from './axes.js';
import { bandOf, cutAt, mostBands } from './band.js';
import { colour } from './colours.js';
import { legendHeight, legendOf } from './legend.js';
import { lookOf } from './looks.js';
import { moveApart } from './move-apart.js';
import type { Series } from './series.js';
import { evenlySpaced } from '../page/evenly-spaced.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface LineChart extends Picture {
  readonly x: Axis;
  /** Its ends, where they are not given, enclose all points and bands. */
  readonly y: Axis;
  readonly series: readonly Series[];
}

export function lineChart(chart: LineChart): string {
  const { series } = chart;
  const { width, height } = { ...defaultSize, ...chart };
  const several = series.length > 1;
  const legend = several ? legendHeight(series, width) : { rows: 0, further: 0 };
  const y = { ...rangeOf(valuesOf(series), chart.y), ...chart.y };
  const bands = series.map((one, index) => ({ ...one, look: one.look ?? index })).filter(({ band }) => band);
  return drawSvg(
    { ...chart, height: height + legend.further },
    {
      graphic: [verticalLabel(labelledAxis(y))],
      grid: { left: 4, right: 18, top: labelHeight + legend.rows, bottom: 4 },
      xAxis: horizontal(chart.x),
      yAxis: vertical(y),
      ...(several && { legend: legendOf(series) }),
      series: [
        ...(bands.length <= mostBands ? bands.map(cutAt(y)).flatMap(bandOf) : []),
        ...series.flatMap((one, index) => lines(one, index, several)),
      ],
    },
  );
}

const valuesOf = (series: readonly Series[]) =>
  series.flatMap(({ points, band = [], level = NaN }) => [
    level,
    ...points.map(([, value]) => value),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]);

/** Few enough points to mark each of them; of more, so many are marked where lines have to be told apart. */
const fewPoints = 30;
const marked = 8;

function lines(series: Series, index: number, several: boolean): LineSeriesOption[] {
  const line = lineOf(series, index);
  const { points, apart = false } = series;
  if (apart || !several || points.length <= fewPoints) return [line];
  const known = points.filter(([, value]) => Number.isFinite(value));
  // Each series begins at another point, so that the markers of lines that run together are seen.
  const offset = Math.floor(((index % marked) * known.length) / (marked * marked));
  const places = evenlySpaced(Math.max(0, known.length - offset), marked).map((place) => place + offset);
  return [
    line,
    {
      ...line,
      data: places.map((place) => ({ value: [...known[place]] })),
      lineStyle: { ...line.lineStyle, width: 0 },
      showSymbol: true,
    },
  ];
}

function lineOf(series: Series, index: number): LineSeriesOption {
  const { name, points, labels, level, look = index, apart = false } = series;
  const { colour: hue, dash, marker } = lookOf(look);
  const style = { color: colour(hue), type: dash === 'solid' ? dash : [...dash] };
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
    lineStyle: { ...style, width: apart ? 0 : 1.75, join: 'round' },
    symbol: marker,
    symbolSize: apart ? 8 : 6,
    ...(labels && { labelLayout: moveApart() }),
    showSymbol: apart || points.length <= fewPoints,
    emphasis: { disabled: true },
    ...(level !== undefined && {
      markLine: {
        silent: true,
        symbol: 'none',
        animation: false,
        emphasis: { disabled: true },
        label: { show: false },
        lineStyle: { ...style, width: 1.75 },
        data: [{ yAxis: level }],
      },
    }),
  };
}
