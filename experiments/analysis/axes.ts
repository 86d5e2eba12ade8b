/** The axes along which runs differ: their names and values, and what each is called in a table. */
import { canonicalJson, type Json } from '../../numerics/index.js';
import type { Settings } from './run.js';

export interface Axis {
  /** A recipe's dotted field, or 'series'. */
  readonly name: string;
  /** In the order in which they are shown. */
  readonly values: readonly Json[];
}

const key = (value: Json | undefined) => (value === undefined ? 'none' : canonicalJson(value));

/**
 * The axes of runs of which only the recipes are known: the fields in which these differ, but for the seed. A field
 * that follows from another (the degree, where only one of the topologies has one) is no axis of its own.
 * @param recipes by dotted field
 */
export function axesOf(recipes: readonly Settings[]): Axis[] {
  const names = [...new Set(recipes.flatMap((recipe) => Object.keys(recipe)))].filter(
    (name) => name !== 'seed',
  );
  const differing = names
    .filter((name) => new Set(recipes.map((recipe) => key(recipe[name]))).size > 1)
    .sort((a, b) => Number(isKind(b)) - Number(isKind(a)) || depth(a) - depth(b));
  const kept: string[] = [];
  for (const name of differing) {
    if (!kept.some((other) => follows(recipes, name, other))) kept.push(name);
  }
  return names
    .filter((name) => kept.includes(name))
    .map((name) => ({ name, values: valuesOf(recipes, name) }));
}

const isKind = (name: string) => name.endsWith('.kind');
const depth = (name: string) => name.split('.').length;

/** Whether the other field's value tells this one's. */
function follows(recipes: readonly Settings[], name: string, other: string): boolean {
  const told = new Map<string, string>();
  return recipes.every((recipe) => {
    const from = key(recipe[other]);
    const to = key(recipe[name]);
    if (!told.has(from)) told.set(from, to);
    return told.get(from) === to;
  });
}

/** Numbers ascending, anything else as it comes. */
function valuesOf(recipes: readonly Settings[], name: string): Json[] {
  const values = recipes.flatMap((recipe) => (Object.hasOwn(recipe, name) ? [recipe[name]] : []));
  const distinct = [...new Map(values.map((value) => [key(value), value])).values()];
  return distinct.every((value) => typeof value === 'number') ? distinct.sort((a, b) => a - b) : distinct;
}

/** A recipe's leaves by dotted field. Lists are leaves. */
export function leaves(value: Json, field = ''): Settings {
  if (value === null || typeof value !== 'object' || isList(value)) return { [field]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) => leaves(inner, field === '' ? name : `${field}.${name}`)),
  ) as Settings;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** What an axis is called: its last word where that is enough, 'algorithm' for 'algorithm.kind'. */
export function axisLabel(name: string, axes: readonly Axis[]): string {
  const words = name.replace(/\.kind$/, '').split('.');
  for (let from = words.length - 1; from > 0; from--) {
    const label = words.slice(from).join('.');
    const isUsed = axes.some(
      (axis) => axis.name !== name && `.${axis.name.replace(/\.kind$/, '')}`.endsWith(`.${label}`),
    );
    if (!isUsed) return label;
  }
  return words.join('.');
}

/** What a value is called. */
export const valueLabel = (value: Json | undefined) =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
