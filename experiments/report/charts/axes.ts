/** Axes in the manner of a journal: thin lines, few ticks, the vertical axis' label upright above it. */
import { colour } from './colours.js';

export interface Axis {
  readonly label: string;
  /** How the ticks are written; plainly unless given. */
  readonly format?: (value: number) => string;
  readonly scale?: 'linear' | 'log';
  /** Ends of the axis; a horizontal one ends with its data, a vertical one at round numbers. */
  readonly least?: number;
  readonly most?: number;
  /** Between ticks, in place of one that is chosen for the ends. */
  readonly step?: number;
  /** Whether only whole numbers are ticks. */
  readonly whole?: boolean;
}

/** Ends of an axis that takes all values, at round numbers; powers of ten on a logarithmic one say nothing of values between. */
export function rangeOf(values: readonly number[], { scale }: Pick<Axis, 'scale'> = {}): Partial<Axis> {
  const known = values.filter((value) => Number.isFinite(value) && (scale !== 'log' || value > 0));
  if (known.length === 0) return {};
  const [low, high] = known.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  if (scale === 'log') return { least: twoFigures(low / 1.1), most: twoFigures(1.1 * high) };
  // One value has as much room as there is to zero.
  const room = low === high ? Math.abs(low) / 2 || 0.5 : 0;
  const step = niceStep((high - low + 2 * room) / 5);
  const round = (value: number) => Number(value.toPrecision(6));
  return {
    least: low === 0 ? 0 : round(Math.floor((low - room) / step) * step),
    most: high === 0 ? 0 : round(Math.ceil((high + room) / step) * step),
    step,
  };
}

/** Positive numbers over more than a factor of 20 are read on a logarithmic axis, which has no place for zero. */
export function scaleFor(values: readonly number[]): 'linear' | 'log' {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite);
  return least > 0 && Math.max(...finite) > 20 * least ? 'log' : 'linear';
}

const twoFigures = (value: number) => Number(value.toPrecision(2));

/**
 * Ends for means and the ends of their intervals. An interval from two seeds can be wider than all means lie apart:
 * it may widen the axis by half of that only, and is cut there.
 */
export function rangeAround(
  means: readonly number[],
  ends: readonly number[],
  axis: Pick<Axis, 'scale'> = {},
): Partial<Axis> {
  const finite = means.filter(Number.isFinite);
  if (finite.length === 0) return {};
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = (high - low) / 2;
  const within = ends.filter(Number.isFinite).map((end) => Math.min(high + room, Math.max(low - room, end)));
  return rangeOf([...finite, ...within], axis);
}

const fontSize = 12;
const text = { color: colour('faint'), fontSize, fontFamily: 'inherit' };
const line = { show: true, onZero: false, lineStyle: { color: colour('line') } };
const below = { nameLocation: 'middle' as const, nameGap: 8 };

/** Text of legends and marks. */
export const textStyle = { ...text, color: colour('ink') };

/** Height that the vertical axis' label takes at the top of a drawing. */
export const labelHeight = 32;

/** The option of an axis of numbers, whichever its direction. */
function numbers({ scale, format, least, most, step, whole }: Axis) {
  return {
    type: scale === 'log' ? ('log' as const) : ('value' as const),
    axisLabel: { ...text, ...(format && { formatter: (value: number) => format(value) }) },
    axisLine: line,
    scale: true,
    splitNumber: 5,
    ...(least !== undefined && { min: least }),
    ...(most !== undefined && { max: most }),
    ...(step !== undefined && { interval: step }),
    ...(whole && { minInterval: 1 }),
  };
}

export function horizontal(axis: Axis) {
  return {
    min: 'dataMin' as const,
    max: 'dataMax' as const,
    ...numbers(axis),
    name: axis.scale === 'log' ? labelledAxis(axis) : axis.label,
    nameTextStyle: textStyle,
    ...below,
    axisTick: line,
    splitLine: { show: false },
  };
}

export function vertical(axis: Axis) {
  return { ...numbers(axis), axisTick: { show: false }, splitLine: { lineStyle: { color: colour('grid') } } };
}

/** What an axis is of, and what a reader could miss of it: that it does not begin at zero, or is logarithmic. */
export function labelledAxis({ label, scale, least = 0, format = String }: Axis): string {
  if (scale === 'log') return `${label} (logarithmic)`;
  return least > 0 ? `${label} (axis from ${format(least)})` : label;
}

/** The label of the vertical axis, as an element of ECharts' `graphic`. */
export function verticalLabel(label: string, y = 0) {
  return words(label, 0, y, 'ink');
}

/** A line of text from (x, y) to the right and down, as an element of ECharts' `graphic`. */
export function words(content: string, x: number, y: number, ink: 'ink' | 'faint') {
  const style = { text: content, fill: colour(ink), fontSize, fontFamily: 'inherit' };
  return { type: 'text' as const, silent: true, x, y, style };
}

/** A horizontal axis of names, of which as many are written as find room in `width`: aslant where that makes room for all. */
export function horizontalNames(label: string, data: readonly string[], width: number) {
  const size = widest(data);
  const fit = data.length * (size + 8) <= width;
  const slant = !fit && data.length * 2 * fontSize <= width ? 30 : 0;
  const axis = names(data, width, slant === 0 ? size : fontSize);
  return {
    ...axis,
    axisLabel: { ...axis.axisLabel, rotate: slant },
    name: label,
    nameTextStyle: textStyle,
    ...below,
    nameGap: 12,
  };
}

/** A vertical axis of names, the first at the top. */
export function verticalNames(data: readonly string[], height: number) {
  return { ...names(data, height, fontSize - 4), inverse: true };
}

function names(data: readonly string[], room: number, size: number) {
  const step = roundUp((data.length * (size + 8)) / room);
  return {
    type: 'category' as const,
    data: [...data],
    axisLabel: { ...text, interval: (index: number) => index % step === 0 },
    axisLine: line,
    axisTick: { show: false },
    splitLine: { show: false },
  };
}

/** The width of the longest name, roughly. */
export const widest = (data: readonly string[]) => 6.5 * Math.max(1, ...data.map((name) => name.length));

/** The nearest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … in ratio. */
function niceStep(value: number): number {
  const power = Math.floor(Math.log10(value));
  const ratio = value / 10 ** power;
  const factor = ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10;
  // 10 ** -1 is rounded; a decimal literal is not.
  return Number(`${factor}e${power}`);
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function roundUp(value: number): number {
  let power = 1;
  while (10 * power < value) power *= 10;
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= value) ?? 10 * power;
}
