/** Reads a sweep's file to a checked sweep: its base recipe, and the axes with what each value sets. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { complaint, issuePath, unknownName } from '../../registry/index.js';
import {
  RecipeError,
  settingsOf,
  YamlSource,
  type Overrides,
  type Setting,
  type Written,
} from '../../recipe/index.js';
import { fieldAxis, labelOf, SERIES, seriesAxis, settingAt, valueOf, type Axis, type Label } from './axes.js';
import { sweepSchema, type SweepFile } from './schema.js';

/** A combination: the values of axes, by axis. */
export type Labels = Readonly<Record<string, Label>>;

/** What a combination sets in the base, and how it is called. */
export interface Combination {
  readonly labels: Labels;
  readonly settings: readonly Setting[];
}

export interface Sweep {
  readonly name: string;
  readonly base: Written;
  /** What is set in the base for all runs. */
  readonly set: readonly Setting[];
  /** In the order of the file; the named series come first. */
  readonly axes: readonly Axis[];
  /** Combinations of which one of these holds are left out. */
  readonly exclude: readonly Readonly<Record<string, readonly Label[]>>[];
  readonly include: readonly Combination[];
  /** Left out: the base's own seed. */
  readonly seeds: readonly number[] | undefined;
}

export interface ReadSweepOptions {
  /** Fields of the base to change, as on the command line. */
  readonly set?: Overrides;
  /** The quick variant; it is called NAME-quick. */
  readonly quick?: boolean;
}

/** @throws RecipeError with a sentence for everything that is wrong with the file itself */
export function readSweep(file: string, options: ReadSweepOptions = {}): Sweep {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new RecipeError(`there is no sweep ${file}`);
  if (stat.isDirectory()) throw new RecipeError(`${file} is a folder: name a sweep in it, a file of YAML`);
  return parseSweep(readFileSync(file, 'utf8'), options, file);
}

/** @throws RecipeError with a sentence for everything that is wrong with the text itself */
export function parseSweep(text: string, options: ReadSweepOptions = {}, file = 'sweep'): Sweep {
  const source = new YamlSource(text, file);
  if (isRecipe(source.value())) {
    throw new RecipeError(
      `${file} is a recipe, no sweep: a sweep names it as its base; murmur simulate ${file} runs it alone`,
    );
  }
  const parsed = sweepSchema.safeParse(source.value(), { error: complaint });
  if (!parsed.success) {
    const sentences = parsed.error.issues.map((issue) => `${source.place(issuePath(issue))}${issue.message}`);
    throw new RecipeError(sentences.join('\n'));
  }
  const written = parsed.data;
  const quick = options.quick === true ? quickOf(written, source) : undefined;
  const all = axesOf(written, source);
  const axes = quick ? quickAxes(all, quick, source) : all;
  const set = [
    ...settingsIn(source, ['set'], written.set),
    ...settingsIn(source, ['quick', 'set'], quick?.set ?? {}),
    ...settingsOf(options.set ?? {}),
  ];
  refuseContradictions(axes, set);
  const seeds = quick?.seeds ?? written.seeds;
  const twice = seeds?.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined) throw new RecipeError(`${source.place(['seeds'])}seed ${twice} is there twice`);
  return {
    name: quick ? `${written.name}-quick` : written.name,
    base: baseOf(written, source),
    set,
    axes,
    exclude: written.exclude.map((pattern, i) => excluded(pattern, [...all, ...axes], source, i)),
    include: quick ? [] : written.include.map((fields, i) => included(fields, all, source, i)),
    seeds,
  };
}

const isRecipe = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  !('base' in value) &&
  'data' in value &&
  'algorithm' in value;

function quickOf({ quick }: SweepFile, { file }: YamlSource): NonNullable<SweepFile['quick']> {
  if (quick) return quick;
  throw new RecipeError(`${file}: the sweep has no quick variant: say under \`quick\` what it changes`);
}

function axesOf({ matrix = {}, series }: SweepFile, source: YamlSource): Axis[] {
  if ('seed' in matrix) {
    throw new RecipeError(
      `${source.place(['matrix', 'seed'])}seeds have a list of their own, e.g. seeds: [1, 2]`,
    );
  }
  return [
    ...(series ? [seriesAxis(source, series)] : []),
    ...Object.entries(matrix).map(([field, values]) => fieldAxis(source, ['matrix', field], field, values)),
  ];
}

function quickAxes(
  axes: readonly Axis[],
  { matrix, series }: NonNullable<SweepFile['quick']>,
  source: YamlSource,
): Axis[] {
  const names = axes.map(({ name }) => name);
  const unknown = Object.keys(matrix).find((field) => !names.includes(field));
  if (unknown !== undefined) {
    throw new RecipeError(
      `${source.place(['quick', 'matrix', unknown])}${unknownName('axis', unknown, names)}`,
    );
  }
  if (series && !names.includes(SERIES)) {
    throw new RecipeError(`${source.place(['quick', 'series'])}the sweep has no series`);
  }
  return axes.map((axis) => {
    const path = axis.name === SERIES ? ['quick', 'series'] : ['quick', 'matrix', axis.name];
    const values = axis.name === SERIES ? series : matrix[axis.name];
    if (values === undefined) return axis;
    if (!axis.named || !Array.isArray(values)) return fieldAxis(source, path, axis.name, values);
    const kept = values.map((label: unknown, i) => valueOf(axis, label, source.place([...path, i])));
    return { ...axis, values: kept };
  });
}

const settingsIn = (source: YamlSource, at: readonly string[], fields: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).map(([field, value]) => settingAt(source, [...at, field], field, value));

/** A field that is set at two places for the same run: one of them would count for nothing. */
function refuseContradictions(axes: readonly Axis[], set: readonly Setting[]): void {
  const taken = new Map<string, string>();
  for (const { name, values } of axes) {
    const fields = new Map(values.flatMap(({ settings }) => settings.map((s) => [s.field, s])));
    for (const [field, { place }] of fields) {
      const other = taken.get(field);
      if (other !== undefined) {
        throw new RecipeError(`${place(field.split('.'))}the axis ${other} sets this field already`);
      }
      taken.set(field, name);
    }
  }
  for (const { field, place } of set) {
    const axis = taken.get(field);
    if (axis === undefined) continue;
    throw new RecipeError(
      `${place(field.split('.'))}this field varies in the sweep, as the axis ${axis} says`,
    );
  }
}

/** The base recipe: written in the sweep, or a file beside it. @throws RecipeError where it is not there */
function baseOf({ base }: SweepFile, source: YamlSource): Written {
  if (typeof base !== 'string') return { value: base, place: (path) => source.place(['base', ...path]) };
  const file = isAbsolute(base) ? base : join(dirname(source.file), base);
  if (!existsSync(file)) throw new RecipeError(`${source.place(['base'])}there is no recipe ${file}`);
  const recipe = new YamlSource(readFileSync(file, 'utf8'), file);
  return { value: recipe.value(), place: (path) => recipe.place(path) };
}

function excluded(
  pattern: SweepFile['exclude'][number],
  axes: readonly Axis[],
  source: YamlSource,
  index: number,
): Readonly<Record<string, readonly Label[]>> {
  const checked = Object.entries(pattern).map(([name, labels]) => {
    const place = source.place(['exclude', index, name]);
    const same = axes.filter((axis) => axis.name === name);
    if (same.length === 0) {
      throw new RecipeError(
        `${place}${unknownName('axis', name, [...new Set(axes.map((axis) => axis.name))])}`,
      );
    }
    const axis = { ...same[0], values: same.flatMap(({ values }) => values) };
    return [name, [labels].flat().map((label) => valueOf(axis, label, place).label)] as const;
  });
  return Object.fromEntries(checked);
}

/** Fields of a further combination; a name of a named axis' value, or of a series, stands for what that sets. */
function included(
  fields: SweepFile['include'][number],
  axes: readonly Axis[],
  source: YamlSource,
  index: number,
): Combination {
  const parts = Object.entries(fields).map(([field, value]) => {
    const at = ['include', index, field];
    const axis = axes.find(({ name }) => name === field);
    if (field === SERIES && !axis) throw new RecipeError(`${source.place(at)}the sweep has no series`);
    const known = axis?.values.find(({ label }) => label === value);
    if (axis && (known || field === SERIES)) return [field, valueOf(axis, value, source.place(at))] as const;
    const label = labelOf(value);
    return [field, { label, settings: [settingAt(source, at, field, value)] }] as const;
  });
  return {
    labels: Object.fromEntries(parts.map(([field, { label }]) => [field, label])),
    settings: parts.flatMap(([, { settings }]) => settings),
  };
}
