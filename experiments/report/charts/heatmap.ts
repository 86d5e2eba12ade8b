/** Amounts over two axes of names, such as clients × labels, or a metric over two swept options. */
import { horizontalNames, labelHeight, verticalLabel, verticalNames, widest } from './axes.js';
import { rampColour, rampInk } from './colours.js';
import { colourBar, colourBarHeight, type Amounts } from './colour-bar.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface Heatmap extends Picture {
  readonly x: { readonly label: string; readonly names: readonly string[] };
  readonly y: { readonly label: string; readonly names: readonly string[] };
  /** values[y][x]; a cell without one stays empty. */
  readonly values: readonly (readonly (number | undefined)[])[];
  readonly amounts: Amounts;
  /** Whether each cell also says its value. */
  readonly written?: boolean;
}

/** What an axis with its names takes beside the cells, roughly. */
const axisRoom = 40;

export function heatmap({ x, y, values, amounts, written = false, ...picture }: Heatmap): string {
  const cells = values
    .flatMap((row, j) => row.map((value, i) => ({ x: i, y: j, value })))
    .filter((cell): cell is Cell => cell.value !== undefined && Number.isFinite(cell.value))
    .sort((a, b) => a.value - b.value);
  const { width, height } = { ...defaultSize, ...picture };
  const top = colourBarHeight + labelHeight;
  return drawSvg(picture, {
    graphic: [...colourBar(amounts), verticalLabel(y.label, colourBarHeight + 6)],
    grid: { left: 8 + widest(y.names), right: 4, top, bottom: 4 },
    xAxis: horizontalNames(x.label, x.names, width - axisRoom),
    yAxis: verticalNames(y.names, height - top - axisRoom),
    series: [
      {
        type: 'custom',
        silent: true,
        data: cells.map((cell) => [cell.x, cell.y, cell.value]),
        encode: { x: 0, y: 1 },
        renderItem: (item: { dataIndex: number }, api: Coordinates) =>
          drawCell(cells[item.dataIndex], api, amounts, written),
      },
    ],
  });
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

interface Coordinates {
  coord(at: [number, number]): number[];
  size(of: [number, number]): number[];
}

function drawCell(cell: Cell, api: Coordinates, { low, high, format }: Amounts, written: boolean) {
  const [centreX, centreY] = api.coord([cell.x, cell.y]);
  const [width, height] = api.size([1, 1]);
  const left = Math.round(centreX - width / 2);
  const top = Math.round(centreY - height / 2);
  const gap = Math.min(width, height) > 6 ? 1 : 0;
  return {
    type: 'rect',
    shape: {
      x: left,
      y: top,
      width: Math.round(centreX + width / 2) - left - gap,
      height: Math.round(centreY + height / 2) - top - gap,
    },
    style: { fill: rampColour(cell.value, low, high) },
    ...(written && {
      textConfig: { position: 'inside' },
      textContent: {
        type: 'text',
        style: {
          text: format(cell.value),
          fill: rampInk(cell.value, low, high),
          fontSize: 11,
          fontFamily: 'inherit',
        },
      },
    }),
  };
}
