/**
 * Registries: what a recipe can name. An entry says its kind, what it is, its options (a schema) and how to
 * make it; the recipe's schema, `murmur list` and the reference page are assembled from the entries.
 */
import { z } from 'zod';
import { complaint, nearest } from './complaint.js';
import type { Needs } from './needs.js';

export { complaint } from './complaint.js';
export { filePath, isFilePath } from './file-path.js';
export {
  conditionalFields,
  networkOnlyFields,
  type ConditionalField,
  type Needs,
  type ScheduleKind,
} from './needs.js';

/** What a recipe says of one choice, with every default filled in. */
export type Choice = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** One kind that a registry offers; `Context` is what creating it takes besides its options. */
export interface Entry<Context, Value> {
  readonly kind: string;
  /** One sentence for `murmur list` and the reference page. */
  readonly summary: string;
  readonly options: z.ZodObject;
  /** What it needs of whoever uses it. @throws ZodError where `options` do not fit the schema */
  needs?(options: unknown): Needs;
  /** @throws ZodError where `options` do not fit the schema */
  create(options: unknown, context: Context): Value;
}

/** Makes an entry; inside `create` the options have the type that the schema says. */
export function define<Shape extends z.ZodRawShape, Context, Value>(definition: {
  kind: string;
  summary: string;
  options: Shape;
  needs?: (options: z.output<z.ZodObject<Shape, z.core.$strict>>) => Needs;
  create: (options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: Context) => Value;
}): Entry<Context, Value> {
  const options = optionsSchema(definition.options);
  const { needs } = definition;
  return {
    kind: definition.kind,
    summary: definition.summary,
    options,
    ...(needs && { needs: (values) => needs(options.parse(values)) }),
    create: (values, context) => definition.create(options.parse(values), context),
  };
}

/** A strict object whose complaint about an unknown field names the fields there are and the nearest one. */
export function optionsSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownNames('field', issue.keys, Object.keys(shape)) : undefined,
  });
}

/** A plugin is outside code: whether its entry makes what it should, only running it shows. */
function isEntry<Context, Value>(value: unknown): value is Entry<Context, Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'options' in value &&
    value.options instanceof z.ZodObject &&
    'create' in value
  );
}

/** Where an issue is: at an unknown field itself, not at what holds it. */
export function issuePath(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : [...issue.path];
}

/** Whether an issue is a field that there is not in what is chosen: what else might be chosen may have it. */
export const isUnknownField = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'unrecognized_keys' ||
  (issue.code === 'custom' && issue.params?.['isUnknownField'] === true);

/** "unknown field 'epoch'; did you mean 'epochs'? (one of …)" */
export const unknownName = (what: string, name: string, known: readonly string[]): string =>
  unknownNames(what, [name], known);

function unknownNames(what: string, names: readonly string[], known: readonly string[]): string {
  const quoted = (list: readonly string[]) => list.map((name) => `'${name}'`).join(', ');
  const unknown = `unknown ${what}${names.length > 1 ? 's' : ''} ${quoted(names)}`;
  if (known.length === 0) return `${unknown}; there are none here`;
  const near = new Set(names.flatMap((name) => nearest(name, known) ?? []));
  const meant = near.size > 0 ? `; did you mean ${quoted([...near])}?` : '';
  return `${unknown}${meant} (one of: ${known.join(', ')})`;
}

/** What can be said of an entry, whatever it makes. */
type Described = Pick<Entry<never, unknown>, 'kind' | 'summary' | 'options'>;

/** What can be said of any registry, whatever its entries make. */
export interface Catalogue {
  readonly name: string;
  readonly entries: readonly Described[];
  /** @throws Error that names the nearest kind */
  entry(kind: string): Described;
  /** Adds the entries that a plugin exports. @throws Error where it exports something else */
  addPlugin(exported: unknown): void;
}

/** A named set of entries. Plugins add to it before a recipe is read. */
export class Registry<Context, Value> implements Catalogue {
  readonly #entries = new Map<string, Entry<Context, Value>>();

  /** @param name what the entries are: 'algorithm', 'topology', … */
  constructor(
    readonly name: string,
    entries: readonly Entry<Context, Value>[],
  ) {
    for (const entry of entries) this.add(entry);
  }

  /** @throws Error where the kind is taken */
  add(entry: Entry<Context, Value>): void {
    if (this.#entries.has(entry.kind)) throw new Error(`there is already a ${this.name} '${entry.kind}'`);
    this.#entries.set(entry.kind, entry);
  }

  addPlugin(exported: unknown): void {
    const entries: unknown[] = Array.isArray(exported) ? exported : [exported];
    for (const entry of entries) {
      if (!isEntry<Context, Value>(entry)) {
        throw new Error(
          `a plugin's ${this.name} is not an entry; make it with define({ kind, summary, options, create })`,
        );
      }
      this.add(entry);
    }
  }

  get entries(): readonly Entry<Context, Value>[] {
    return [...this.#entries.values()];
  }

  entry(kind: string): Entry<Context, Value> {
    const entry = this.#entries.get(kind);
    if (entry === undefined) throw new Error(unknownName(this.name, kind, [...this.#entries.keys()]));
    return entry;
  }

  needs({ kind, ...options }: Choice): Needs {
    return this.entry(kind).needs?.(options) ?? {};
  }

  create({ kind, ...options }: Choice, context: Context): Value {
    return this.entry(kind).create(options, context);
  }

  /**
   * The schema of a recipe's field that names one of the entries: `kind` alone, or an object of a kind and its
   * options. Plugins that come later are accepted too.
   */
  field(): z.ZodType<Choice> {
    return z
      .unknown()
      .transform((value, context): Choice => {
        const report = (
          message: string,
          path: PropertyKey[] = [],
          params: Readonly<Record<string, true>> = {},
        ) => {
          context.issues.push({ code: 'custom', message, path, input: value, params });
          return z.NEVER;
        };
        const choice = typeof value === 'string' ? { kind: value } : value;
        const parsed = z.looseObject({ kind: z.string() }).safeParse(choice);
        if (!parsed.success)
          return report(
            `name ${/^[aeiou]/.test(this.name) ? 'an' : 'a'} ${this.name}: one of ${[...this.#entries.keys()].join(', ')}`,
          );
        const { kind, ...options } = parsed.data;
        const entry = this.#entries.get(kind);
        if (entry === undefined) {
          return report(unknownName(this.name, kind, [...this.#entries.keys()]), ['kind']);
        }
        const checked = entry.options.safeParse(options, { error: complaint });
        if (checked.success) return { kind, ...checked.data };
        for (const issue of checked.error.issues)
          report(issue.message, issuePath(issue), isUnknownField(issue) ? { isUnknownField: true } : {});
        return z.NEVER;
      })
      .meta({ registry: this.name });
  }
}
