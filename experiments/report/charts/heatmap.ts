/** Amounts over two axes of names, such as clients × labels, or a metric over two swept options. */
import { horizontalNames, labelHeight, verticalLabel, verticalNames, widest } from './axes.js';
import { colour, rampColour, rampInk } from './colours.js';
import { colourBar, colourBarHeight, type Amounts } from './colour-bar.js';
import { defaultSize, drawSvg, type Picture } from './svg.js';

export interface Heatmap extends Picture {
  readonly x: { readonly label: string; readonly names: readonly string[] };
  readonly y: { readonly label: string; readonly names: readonly string[] };
  /** values[y][x]; a cell without one stays empty. */
  readonly values: readonly (readonly (number | undefined)[])[];
  readonly amounts: Amounts;
  /** What each cell says, also one without a value. */
  readonly written?: readonly (readonly string[])[];
}

/** What an axis with its names takes beside the cells, roughly. */
const axisRoom = 40;

export function heatmap({ x, y, values, amounts, written, ...picture }: Heatmap): string {
  const all = values.flatMap((row, j) =>
    row.map((value = NaN, i): Cell => ({ x: i, y: j, value, text: written?.[j][i] ?? '' })),
  );
  // Cells of one colour are drawn as one path.
  const known = all.filter(isKnown).sort((a, b) => a.value - b.value);
  const cells = [...all.filter((cell) => !isKnown(cell) && cell.text !== ''), ...known];
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
        data: cells.map((cell) => [cell.x, cell.y]),
        encode: { x: 0, y: 1 },
        renderItem: (item: { dataIndex: number }, api: Coordinates) =>
          drawCell(cells[item.dataIndex], api, amounts),
      },
    ],
  });
}

interface Cell {
  readonly x: number;
  readonly y: number;
  /** NaN where there is none. */
  readonly value: number;
  readonly text: string;
}

const isKnown = ({ value }: Cell) => Number.isFinite(value);

interface Coordinates {
  coord(at: [number, number]): number[];
  size(of: [number, number]): number[];
}

function drawCell(cell: Cell, api: Coordinates, { low, high }: Amounts) {
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
    style: { fill: isKnown(cell) ? rampColour(cell.value, low, high) : 'none' },
    ...(cell.text !== '' && {
      textConfig: { position: 'inside' },
      textContent: {
        type: 'text',
        style: {
          text: cell.text,
          fill: isKnown(cell) ? rampInk(cell.value, low, high) : colour('faint'),
          fontSize: 11,
          fontFamily: 'inherit',
        },
      },
    }),
  };
}
