/** Dotted fields and paths within what is written of a recipe. */
import type { Path } from './source.js';

/** Whether a dotted field is another one, or lies within it. */
export const isWithin = (field: string, outer: string) => field === outer || field.startsWith(`${outer}.`);

/** Whether a value has something at a path. */
export const hasField = (value: unknown, path: Path): boolean =>
  path.length === 0 ||
  (isRecord(value) && Object.hasOwn(value, path[0]) && hasField(value[String(path[0])], path.slice(1)));

/** What a value has at a path; undefined where there is nothing. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[String(key)] : undefined),
    value,
  );

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
