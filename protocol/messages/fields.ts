/** Kinds of fields that the headers of several messages have. */
import { z } from 'zod';

/**
 * A list. Its entries are looked at one by one and the first wrong one ends that: zod by itself collects a complaint
 * about each, which for a long list is a hundred times its memory.
 */
export function list<Element extends z.ZodType>(element: Element, most: number, least = 0) {
  return z
    .array(z.unknown())
    .check(({ value, issues }) => {
      const complain = (message: string, path: PropertyKey[] = []) =>
        issues.push({ code: 'custom', input: value, path, message });
      if (value.length > most || value.length < least) {
        complain(`a list of ${value.length} came; ${least} to ${most} are allowed`);
        return;
      }
      for (const [index, entry] of value.entries()) {
        const { error } = element.safeParse(entry);
        if (error === undefined) continue;
        const [{ path, message }] = error.issues;
        complain(message, [index, ...path]);
        return;
      }
    })
    .pipe(z.array(element).min(least).max(most));
}

/** Any JSON. Its numbers are finite as all numbers of headers are, though JSON.parse makes 1e999 infinite. */
export const json = z
  .unknown()
  .refine(isFinitePlain, 'holds a number that is not finite')
  .meta({ title: 'json' });

function isFinitePlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isFinitePlain);
}

/** A time in milliseconds, at most a day: timers run no longer than 2³¹ ms. */
export const milliseconds = z.int().positive().max(86_400_000);

/** Values by name: no more than there may be vectors, scalars or sums. */
export const record = <Name extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  name: Name,
  value: Value,
) =>
  z
    .unknown()
    .refine((given) => Object.keys(Object(given) as object).length <= NAMES, `has more than ${NAMES} names`)
    .pipe(z.record(name, value));

const NAMES = 32_768;

export const text = (most: number) => z.string().max(most);
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
/** A sum of losses; JSON has no NaN. */
export const lossSum = z.number().nullable().describe('Null where it is not finite: training has diverged.');
export const count = z.int().nonnegative().meta({ title: 'integer ≥ 0' });
/** The number of a client or a gossip node. */
export const client = z.int().nonnegative().max(0xffffffff).meta({ title: 'client' });
/** The number of a round, or of a synchronous gossip round, counted from 1; 0 is before the first. */
export const round = z.int().nonnegative().meta({ title: 'round' });
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal digits')
  .meta({ title: 'sha256' });
/** The longest token, key or other secret, in characters. */
export const LONGEST_SECRET = 256;
export const secret = text(LONGEST_SECRET);
export const sentence = text(1000);
/** Who a worker is, given by the coordinator. */
export const worker = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'is not the name of a worker')
  .meta({ title: 'worker' });

/** The name of a tensor of the same message, or of one that the worker holds. */
export const tensorName = z
  .string()
  .regex(/^[\w./:-]{1,200}$/, 'is not the name of a tensor')
  .meta({ title: 'tensor' });

/** Runs of client numbers, both ends included: 0–499 is [[0, 499]]. */
export const ranges = list(z.tuple([client, client]), 100_000);
export const clients = list(client, 1_000_000);

/** An integer of any size in decimal digits: an exact sum on its grid of 2⁻³². */
export const bigInteger = z
  .string()
  .regex(/^-?\d{1,60}$/, 'is not a whole number in decimal digits')
  .meta({ title: 'decimal' });
/** The exact sum of single numbers: Σ weight × value and Σ weight, both times 2³² and rounded term by term. */
export const exactSum = z.strictObject({ sum: bigInteger, weight: bigInteger }).meta({ title: 'sum' });

/** Rounds that counted, and with which of the worker's clients: their provisional state is now committed. */
export const commits = list(z.strictObject({ round, clients }), 100_000).describe(
  'Rounds that counted, and for which of the clients of this worker. State of a client from a round that is not named is dropped once a later one is.',
);

/** Vectors by the name that the algorithm gave them → the tensor that holds them. */
export const vectors = record(text(200), tensorName);
