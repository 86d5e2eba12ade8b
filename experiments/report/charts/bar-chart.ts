/** Bars by name, with lines across at levels worth marking. */
import { horizontalNames, labelHeight, textStyle, vertical, verticalLabel, type Axis } from './axes.js';
import { colour } from './colours.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface BarChart extends Picture {
  /** What the bars' names are. */
  readonly x: string;
  readonly y: Axis;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** Dashed lines across, such as the mean. */
  readonly marks?: readonly { readonly name: string; readonly value: number }[];
  /** Whether the bars touch, as a histogram's do. */
  readonly touching?: boolean;
}

/** What the vertical axis' names take of the width, roughly. */
const yRoom = 44;

export function barChart({ bars, marks = [], touching = false, ...chart }: BarChart): string {
  const { width } = { ...defaultSize, ...chart };
  const right = marks.length > 0 ? 96 : 18;
  return drawSvg(chart, {
    graphic: [verticalLabel(chart.y.label)],
    grid: { left: 4, right, top: labelHeight, bottom: 4 },
    xAxis: horizontalNames(
      chart.x,
      bars.map((bar) => bar.name),
      width - right - yRoom,
    ),
    // A bar's length is its value, so its axis begins at zero.
    yAxis: vertical({ ...chart.y, least: 0 }),
    series: [
      {
        type: 'bar',
        silent: true,
        clip: false,
        emphasis: { disabled: true },
        barCategoryGap: touching ? 1 : '25%',
        itemStyle: { color: colour('blue') },
        data: bars.map((bar) => (Number.isFinite(bar.value) ? bar.value : '-')),
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          emphasis: { disabled: true },
          lineStyle: { color: colour('ink'), width: 1, type: 'dashed' },
          label: { ...textStyle, position: 'end', formatter: '{b}' },
          data: marks.map((mark) => ({ name: mark.name, yAxis: mark.value })),
        },
      },
    ],
  });
}
