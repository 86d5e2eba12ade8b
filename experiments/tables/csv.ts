/** Tables as CSV (RFC 4180), in full precision and base units, an interval in columns of its own. */
import { isReach, type AmountColumn, type Table } from './table.js';

export function csvTable({ columns }: Table): string {
  const parts = columns.flatMap((column) =>
    'names' in column ? [{ key: column.key, cells: column.plain ?? column.names }] : amountColumns(column),
  );
  const rows = (parts.at(0)?.cells ?? []).map((_, row) => parts.map(({ cells }) => cells[row]));
  return [parts.map(({ key }) => key), ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function amountColumns({ key, amounts }: AmountColumn) {
  const reaches = amounts.filter(isReach);
  if (reaches.length > 0) {
    const of = (field: string, read: (reach: (typeof reaches)[number]) => number | undefined) => ({
      key: `${key}_${field}`,
      cells: amounts.map((amount) => number(isReach(amount) ? read(amount) : undefined)),
    });
    return [
      of('reached', ({ reached }) => reached),
      of('mean', ({ all }) => all?.mean),
      of('margin', ({ all }) => all?.margin),
      of('median', ({ median }) => median),
      of('beyond', ({ beyond }) => beyond),
    ];
  }
  const intervals = amounts.map((amount) =>
    typeof amount === 'object' && !isReach(amount) ? amount : undefined,
  );
  const mean = { key, cells: intervals.map((interval) => number(interval?.mean)) };
  const margin = { key: `${key}_margin`, cells: intervals.map((interval) => number(interval?.margin)) };
  // Of how many runs a mean is, where some of a row have no number.
  const isPart = intervals.some((interval) => interval?.of !== undefined && interval.count < interval.of);
  const runs = { key: `${key}_runs`, cells: intervals.map((interval) => number(interval?.count)) };
  return [mean, ...(margin.cells.some((cell) => cell !== '') ? [margin] : []), ...(isPart ? [runs] : [])];
}

const number = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : String(value);

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
