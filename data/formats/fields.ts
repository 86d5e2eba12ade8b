/** The fields of a table: decimal numbers, names (labels and owners), and missing values. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The finite decimal number in a field; undefined for `0x10`, `Infinity`, `NaN` or an empty field. */
export function decimal(field: string): number | undefined {
  const text = field.trim();
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Doubles distinguish decimals of up to 15 digits. */
const EXACT_DIGITS = 15;

/**
 * The name in a field, trimmed; numbers compare as numbers, so `1`, `1 ` and `1.0` are the same name. Longer numbers are
 * identifiers and compare as text.
 */
export function nameOf(field: string): string {
  const text = field.trim().normalize('NFC');
  const value = decimal(text);
  if (value === undefined) return text;
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[+.-]/g, '')
    .replace(/^0+|0+$/g, '');
  // Adding 0 converts −0 to 0.
  return digits.length > EXACT_DIGITS ? text : String(value + 0);
}

/** The missing values of `pandas.read_csv` by default; `to_csv` and numpy write some of them. */
const MISSING = new Set([
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>'],
  ...['N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
]);

/** Whether a name marks a missing value. */
export const isMissing = (name: string) => MISSING.has(name);
