/** What a schema refuses, as sentences that say what to write. */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

const names: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list, e.g. [1, 2]',
  object: 'fields and their values',
  record: 'fields and their values',
  undefined: 'nothing',
};

/** The sentence for a schema that has none of its own: `schema.safeParse(value, { error: complaint })`. */
export function complaint(issue: z.core.$ZodRawIssue): string | undefined {
  const input = written(issue);
  const wanted = wantedBy(issue, input);
  if (wanted === undefined) return undefined;
  return input === undefined ? `it is missing; write ${wanted}` : `write ${wanted}, not ${shown(input)}`;
}

/** Of a choice between objects, what the field has that tells them apart. */
function written({ code, input, discriminator }: z.core.$ZodRawIssue): unknown {
  if (code !== 'invalid_union' || typeof discriminator !== 'string') return input;
  if (typeof input !== 'object' || input === null) return input;
  return new Map<string, unknown>(Object.entries(input)).get(discriminator);
}

function wantedBy(issue: z.core.$ZodRawIssue, input: unknown): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return names[issue.expected] ?? issue.expected;
    case 'too_small':
      return amount(issue.origin, issue.inclusive === false ? 'above' : 'at least', String(issue.minimum));
    case 'too_big':
      return amount(issue.origin, issue.inclusive === false ? 'below' : 'at most', String(issue.maximum));
    case 'invalid_value':
      return oneOf(issue.values.map(String), input);
    case 'invalid_union':
      if (issue.discriminator === undefined || !Array.isArray(issue.options)) return undefined;
      return oneOf(issue.options.map(String), input);
    default:
      return undefined;
  }
}

function amount(origin: string, bound: string, limit: string): string {
  if (origin === 'string') return `${bound} ${limit} characters`;
  if (origin === 'array') return `${bound} ${limit} entries`;
  return `a number ${bound === 'above' || bound === 'below' ? bound : `that is ${bound}`} ${limit}`;
}

function oneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === 'string' ? nearest(input, values) : undefined;
  const list = values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`;
  return near === undefined || values.length === 1 ? list : `'${near}' (${list})`;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'fields';
  return typeof input === 'string' ? `'${input}'` : String(input);
}

/** The known name that somebody is likely to have meant; a slip of two letters is less than two wrong ones. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = (word: string) => Array.from(word).sort().join('');
  const far = (other: string) => distance(name, other) - (letters(name) === letters(other) ? 0.5 : 0);
  const best = [...known].sort((a, b) => far(a) - far(b)).at(0);
  const allowed = (other: string) =>
    far(other) <= Math.max(name.length, other.length) / 2 || other.startsWith(name);
  return best !== undefined && name.length > 1 && allowed(best) ? best : undefined;
}
