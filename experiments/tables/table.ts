/** A table as a value, before it is written as Markdown, CSV, LaTeX or HTML. */
import type { Interval } from '../analysis/interval.js';
import type { Reach } from '../analysis/reach.js';
import { scaleOf, type Scale, type Unit } from './scale.js';

export interface NameColumn {
  readonly key: string;
  readonly label: string;
  readonly names: readonly string[];
}

/** An interval or a reached target in each row; undefined where there is none. */
export interface AmountColumn {
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  readonly amounts: readonly (Interval | Reach | undefined)[];
}

export type Column = NameColumn | AmountColumn;

export interface Table {
  readonly caption: string;
  /** All with as many rows. */
  readonly columns: readonly Column[];
}

export const isReach = (amount: Interval | Reach): amount is Reach => 'runs' in amount;

/** The table in words: a head and rows of cells, in which numbers are told by '±', '>' and '–' only. */
export function inWords({ columns }: Table): { head: string[]; rows: string[][] } {
  const written = columns.map((column) => ('names' in column ? column.names : amountsInWords(column)));
  const head = columns.map((column) => {
    const symbol = 'names' in column ? '' : columnScale(column).symbol;
    return symbol === '' ? column.label : `${column.label} (${symbol})`;
  });
  const rows = (written.at(0) ?? []).map((_, row) => written.map((cells) => cells[row]));
  return { head, rows };
}

function amountsInWords(column: AmountColumn): string[] {
  const scale = columnScale(column);
  return column.amounts.map((amount) => {
    if (amount === undefined) return '–';
    return isReach(amount) ? reachInWords(amount, scale) : intervalInWords(amount, scale);
  });
}

function intervalInWords({ mean, margin }: Interval, { write }: Scale): string {
  if (!Number.isFinite(mean)) return '–';
  return signed(margin > 0 ? `${write(mean)} ± ${write(margin)}` : write(mean));
}

/** With a real minus. */
const signed = (text: string) => text.replace(/^-/, '−');

function reachInWords({ runs, reached, all, median, beyond }: Reach, scale: Scale): string {
  if (all !== undefined) return intervalInWords(all, scale);
  const plainly = (value: number) => scale.write(value).replace(/\.0+$/, '');
  const known = median === undefined ? [] : [`median ${plainly(median)}`];
  const bound = beyond === undefined ? [] : [`> ${plainly(beyond)}`];
  return [...(runs > 1 ? [`${reached} of ${runs}`] : []), ...known, ...bound].join('; ');
}

function columnScale({ unit, amounts }: AmountColumn): Scale {
  return scaleOf(
    unit,
    amounts.flatMap((amount) => {
      if (amount === undefined) return [];
      if (!isReach(amount)) return [amount.mean];
      return [amount.all?.mean, amount.median, amount.beyond].filter((value) => value !== undefined);
    }),
  );
}
