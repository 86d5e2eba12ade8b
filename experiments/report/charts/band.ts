/** What surrounds a line: one polygon along its bounds, or an upright bar at each point that stands apart. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { Axis } from './axes.js';
import { colour } from './colours.js';
import { lookOf } from './looks.js';
import type { Series } from './series.js';

/** Bands of more series than these hide each other: a drawing with more has none. */
export const mostBands = 6;

type Banded = Series & { readonly look: number };

/** With a band that ends where the axis does. */
export const cutAt =
  ({ least = -Infinity, most = Infinity }: Axis) =>
  <S extends Series>(series: S): S => ({
    ...series,
    ...(series.band && {
      band: series.band.map(([x, low, high]) => [x, Math.max(least, low), Math.min(most, high)]),
    }),
  });

/** One polygon, drawn by the first of its points. */
export function bandOf({ band: rows, look, apart = false }: Banded): CustomSeriesOption[] {
  const known = (rows ?? []).filter((row) => row.every(Number.isFinite));
  const fill = colour(lookOf(look).colour);
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
