/** Paths in a recipe's data that lead out of the data home: a worker opens none that comes over the wire. */
import type { Recipe } from './recipe.js';

export interface OutsidePath {
  /** Dotted, e.g. `data.dataset.test`. */
  readonly field: string;
  readonly path: string;
}

/** The first text of a recipe's data that is absolute, of a home folder, or goes up. */
export const outsidePath = ({ data }: Pick<Recipe, 'data'>): OutsidePath | undefined => within(data, 'data');

function within(value: unknown, field: string): OutsidePath | undefined {
  if (typeof value === 'string') return leadsOut(value) ? { field, path: value } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found = within(part, `${field}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `/data`, `\\host`, `~/data`, `C:\data`, `../data`, `data/../..` */
const leadsOut = (text: string) => /^([/\\~]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(text);
