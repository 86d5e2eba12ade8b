/** The legend over a drawing. ECharts breaks it into rows but keeps no room for them. */
import { textStyle } from './axes.js';
import { colour } from './colours.js';

/** The gap is also between rows. */
const item = { itemWidth: 30, itemHeight: 10, itemGap: 14 };
const row = item.itemGap + 12;

interface Named {
  readonly name: string;
}

export const legendOf = (series: readonly Named[]) => ({
  ...item,
  top: 20,
  left: 0,
  padding: 0,
  data: series.map(({ name }) => name),
  selectedMode: false,
  textStyle,
  inactiveColor: colour('faint'),
});

/** Heights of all rows, and of those but the first. Letters are about 7 wide. */
export function legendHeight(series: readonly Named[], width: number): { rows: number; further: number } {
  let rows = 1;
  let used = 0;
  for (const { name } of series) {
    const size = item.itemWidth + 5 + 7 * name.length + item.itemGap;
    if (used > 0 && used + size > width) {
      rows++;
      used = 0;
    }
    used += size;
  }
  return { rows: rows * row, further: (rows - 1) * row };
}
