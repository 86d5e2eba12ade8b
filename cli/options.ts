/** Options that several commands have, and how numbers are read. */
import { InvalidArgumentError, Option } from 'commander';
import { parseOverride } from '../recipe/index.js';

export type Assignments = readonly [field: string, value: unknown][];

/** One more `field=value`, of a field that has none yet. */
export function assigned(text: string, list: Assignments): Assignments {
  const [field, value] = parseOverride(text);
  if (list.some(([other]) => other === field)) throw new InvalidArgumentError(`${field} is set twice.`);
  return [...list, [field, value]];
}

export const setOption = () =>
  new Option('--set <field=value>', 'change a field of the recipe, e.g. data.partition.alpha=0.1')
    .argParser(assigned)
    .default([], 'none');

export const pluginOption = () =>
  new Option('--plugin <file>', 'load a module with an algorithm, partition, … of your own')
    .argParser((file, files: readonly string[]) => [...files, file])
    .default([], 'none');

export const redoOption = () =>
  new Option(
    '--redo',
    'as --resume, but do again what was made with other data, files, plugins or bits than there are now',
  ).implies({ resume: true });

/** What `--set` and `--seed` change in a recipe. */
export const overrides = ({ set, seed }: { readonly set: Assignments; readonly seed?: number }) => ({
  ...Object.fromEntries(set),
  ...(seed !== undefined && { seed }),
});

export function wholeNumber(text: string): number {
  // Number('') is 0, and '0x10' is 16.
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is not a whole number.');
  return value;
}

export function positiveNumber(text: string): number {
  if (wholeNumber(text) === 0) throw new InvalidArgumentError('At least 1.');
  return Number(text);
}

export function portNumber(text: string): number {
  if (wholeNumber(text) > 65_535) throw new InvalidArgumentError('At most 65535.');
  return Number(text);
}
