/** A table as a value, before it is written as Markdown, CSV, LaTeX or HTML. */
import type { Interval } from '../analysis/interval.js';
import type { Reach } from '../analysis/reach.js';
import { scaleOf, type Scale, type Unit } from './scale.js';

interface Head {
  readonly key: string;
  readonly label: string;
  /** What stands over this and its neighbours of the same group. */
  readonly group?: string;
}

export interface NameColumn extends Head {
  readonly names: readonly string[];
  /** What programs read in place of the names. */
  readonly plain?: readonly string[];
  /** Whether only programs read it: it repeats what the caption says. */
  readonly isForPrograms?: boolean;
}

/** An interval (of how many runs that have a number) or a reached target; a word, or nothing, where there is none. */
export type Amount = (Interval & { readonly of?: number }) | Reach | string | undefined;

export interface AmountColumn extends Head {
  readonly unit: Unit;
  readonly amounts: readonly Amount[];
  /** In place of the one for its own amounts. */
  readonly scale?: Scale;
  /** The rows that are the best of those that they are compared with. */
  readonly best?: ReadonlySet<number>;
}

export type Column = NameColumn | AmountColumn;

export interface Table {
  readonly caption: string;
  /** All with as many rows. */
  readonly columns: readonly Column[];
}

export const isReach = (amount: Amount): amount is Reach => typeof amount === 'object' && 'runs' in amount;

/** The columns that readers see. */
export const shownColumns = ({ columns }: Table): readonly Column[] =>
  columns.filter((column) => !('names' in column && column.isForPrograms === true));

/** What bold numbers are; nothing where none is. */
export const boldSentence = ({ columns }: Table): string[] =>
  columns.some((column) => 'amounts' in column && (column.best?.size ?? 0) > 0)
    ? [
        'Bold: the best mean of those that differ in the compared axis only; it need not differ by more than chance.',
      ]
    : [];

/** The table in words: a head and rows of cells, in which numbers are told by '±', '>' and '–' only. */
export function inWords(table: Table): { head: string[]; groups: string[]; rows: string[][] } {
  const columns = shownColumns(table);
  const written = columns.map((column) => ('names' in column ? column.names : amountsInWords(column)));
  const head = columns.map((column) => {
    const symbol = 'names' in column ? '' : columnScale(column).symbol;
    return symbol === '' ? column.label : `${column.label} (${symbol})`;
  });
  const rows = (written.at(0) ?? []).map((_, row) => written.map((cells) => cells[row]));
  return { head, groups: columns.map(({ group = '' }) => group), rows };
}

function amountsInWords(column: AmountColumn): string[] {
  const scale = columnScale(column);
  return column.amounts.map((amount) => {
    if (amount === undefined) return '–';
    if (typeof amount === 'string') return amount;
    return isReach(amount) ? reachInWords(amount, scale) : intervalInWords(amount, scale);
  });
}

function intervalInWords(
  { count, mean, margin, of = count }: Interval & { readonly of?: number },
  { write }: Scale,
): string {
  if (!Number.isFinite(mean)) return '–';
  const part = count < of ? ` (${count} of ${of})` : '';
  return signed(margin > 0 ? `${write(mean)} ± ${write(margin)}` : write(mean)) + part;
}

/** With a real minus. */
const signed = (text: string) => text.replace(/^-/, '−');

function reachInWords({ runs, reached, all, median, beyond }: Reach, scale: Scale): string {
  if (all !== undefined) return intervalInWords(all, scale);
  const plainly = (value: number) => scale.write(value).replace(/\.0+$/, '');
  const known = median === undefined ? [] : [`median ${plainly(median)}`];
  const bound = beyond === undefined ? [] : [`> ${plainly(beyond)}`];
  return [...(runs > 1 ? [`${reached} of ${runs}`] : []), ...known, ...bound].join('; ') || '–';
}

export function columnScale({ unit, amounts, scale }: AmountColumn): Scale {
  return scale ?? scaleOf(unit, amounts.flatMap(numbersOf));
}

function numbersOf(amount: Amount): number[] {
  if (amount === undefined || typeof amount === 'string') return [];
  if (!isReach(amount)) return [amount.mean];
  return [amount.all?.mean, amount.median, amount.beyond].filter((value) => value !== undefined);
}
