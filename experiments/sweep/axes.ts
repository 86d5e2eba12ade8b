/** The axes of a sweep: what varies, and what each value sets in the recipe. */
import { unknownName } from '../../registry/index.js';
import { RecipeError, type Path, type Setting, type YamlSource } from '../../recipe/index.js';

/** How a value is called in tables and file names. */
export type Label = string | number | boolean;

export interface AxisValue {
  readonly label: Label;
  readonly settings: readonly Setting[];
}

export interface Axis {
  /** The dotted field that it sets; `series` for the axis of the named series. */
  readonly name: string;
  readonly values: readonly AxisValue[];
  /** Whether values go by names of their own rather than by what they are. */
  readonly named: boolean;
}

/** The name of the axis that sets several fields together. */
export const SERIES = 'series';

type Values = readonly unknown[] | Readonly<Record<string, unknown>>;

/** A setting whose complaints point into the sweep's file. */
export function settingAt(source: YamlSource, at: Path, field: string, value: unknown): Setting {
  const depth = field.split('.').length;
  return {
    field,
    value,
    place: (path) => source.place([...at, ...path.slice(depth)], path.map(String).join('.')),
  };
}

/** An axis as the matrix has it, under `at` in the file. @throws RecipeError where two values are called the same */
export function fieldAxis(source: YamlSource, at: Path, field: string, values: Values): Axis {
  const named = !Array.isArray(values);
  const labels = named ? Object.keys(values) : labelsOf(values);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new RecipeError(`${source.place(at)}the value ${twice} is there twice`);
  return {
    name: field,
    named,
    values: labels.map((label, i) => {
      const key = named ? String(label) : i;
      return { label, settings: [settingAt(source, [...at, key], field, Object.values(values)[i])] };
    }),
  };
}

/** The axis of the named series. */
export const seriesAxis = (
  source: YamlSource,
  series: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Axis => ({
  name: SERIES,
  named: true,
  values: Object.entries(series).map(([label, fields]) => ({
    label,
    settings: Object.entries(fields).map(([field, value]) =>
      settingAt(source, [SERIES, label, field], field, value),
    ),
  })),
});

/** @throws RecipeError with the nearest name where the axis has no such value */
export function valueOf({ name, values }: Axis, label: unknown, place: string): AxisValue {
  const found = values.find((value) => value.label === label);
  if (found) return found;
  const known = values.map((value) => String(value.label));
  throw new RecipeError(`${place}${unknownName(`value of ${name}`, String(label), known)}`);
}

/** A scalar is its own label; an object goes by its kind where no other has that, else by all it says. */
function labelsOf(values: readonly unknown[]): Label[] {
  const kinds = values.map(kindOf);
  return values.map((value, i) => {
    if (isLabel(value)) return value;
    const kind = kinds[i];
    const isOnly = kinds.indexOf(kind) === kinds.lastIndexOf(kind);
    return kind !== undefined && isOnly ? kind : JSON.stringify(value);
  });
}

export const labelOf = (value: unknown): Label => labelsOf([value])[0];

const isLabel = (value: unknown): value is Label =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function kindOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const isChoice = typeof value === 'object' && value !== null && 'kind' in value;
  return isChoice && typeof value.kind === 'string' ? value.kind : undefined;
}
