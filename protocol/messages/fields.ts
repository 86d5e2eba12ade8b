/** Kinds of fields that the headers of several messages have. */
import { z } from 'zod';

export const text = (most: number) => z.string().max(most);
export const count = z.int().nonnegative().meta({ title: 'integer ≥ 0' });
/** The number of a client or a gossip node. */
export const client = z.int().nonnegative().max(0xffffffff).meta({ title: 'client' });
/** The number of an exchange, or of a synchronous gossip round, counted from 1; 0 is before the first. */
export const exchange = z.int().nonnegative().meta({ title: 'exchange' });
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal digits')
  .meta({ title: 'sha256' });
export const secret = text(256);
export const sentence = text(1000);
/** Who a worker is, given by the coordinator. */
export const worker = text(64).meta({ title: 'worker' });

/** The name of a tensor of the same message, or of one that the worker holds. */
export const tensorName = z
  .string()
  .regex(/^[\w./:-]{1,200}$/, 'is not the name of a tensor')
  .meta({ title: 'tensor' });

/** Runs of client numbers, both ends included: 0–499 is [[0, 499]]. */
export const ranges = z.array(z.tuple([client, client])).max(100_000);
export const clients = z.array(client).max(1_000_000);

/** An integer of any size in decimal digits: an exact sum on its grid of 2⁻³². */
export const bigInteger = z
  .string()
  .regex(/^-?\d{1,60}$/, 'is not a whole number in decimal digits')
  .meta({ title: 'decimal' });
/** The exact sum of single numbers: Σ weight × value and Σ weight, both times 2³² and rounded term by term. */
export const exactSum = z.strictObject({ sum: bigInteger, weight: bigInteger }).meta({ title: 'sum' });

/** Exchanges that counted, and with which of the worker's clients: their provisional state is now committed. */
export const commits = z
  .array(z.strictObject({ exchange, clients }))
  .max(100_000)
  .describe(
    'Exchanges that counted, and for which of the clients of this worker. State of a client from an exchange that is not named is dropped once a later one is.',
  );

/** Vectors by the name that the algorithm gave them → the tensor that holds them. */
export const vectors = z.record(text(200), tensorName);
