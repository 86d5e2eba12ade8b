/** What a field of a table says: a decimal number, a name (labels and owners), or that its value is missing. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The finite number that a field writes in decimals; none for `0x10`, `Infinity`, `NaN` or an empty field. */
export function decimal(field: string): number | undefined {
  const text = field.trim();
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Doubles tell decimals of up to 15 digits apart. */
const EXACT_DIGITS = 15;

/**
 * The name that a field stands for: blanks around it do not count, and numbers compare as numbers, so `1`, `1 ` and
 * `1.0` are one name. Longer numbers, which are identifiers, compare as they are written.
 */
export function nameOf(field: string): string {
  const text = field.trim().normalize('NFC');
  const value = decimal(text);
  if (value === undefined) return text;
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[+.-]/g, '')
    .replace(/^0+|0+$/g, '');
  // Adding 0 makes −0 a 0.
  return digits.length > EXACT_DIGITS ? text : String(value + 0);
}

/** What `pandas.read_csv` takes for a missing value by default, of which `to_csv` and numpy write some. */
const MISSING = new Set([
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>'],
  ...['N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
]);

/** Whether a name says that there is no value. */
export const isMissing = (name: string) => MISSING.has(name);
