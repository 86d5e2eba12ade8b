/**
 * What answers and messages must be besides vectors of known lengths: refusals of others, as sentences that name the
 * field. Both sides of a network use them, since neither takes the other's word.
 */
import type { z } from 'zod';
import { stepsOf } from '../learning/index.js';
import type { AskedClient } from './federated.js';
import type { LocalOptions } from './local-sgd.js';
import type { HostedUpdate, Payload } from './payload.js';

/** What follows of an answer from the message that it answers. */
export interface AnswerForm<Message extends Payload> {
  /** How many optimizer steps the client takes. */
  steps(message: Message, client: AskedClient): number;
  /** The scalars besides the loss; a client of another make may round otherwise. */
  scalars(message: Message, steps: number): Readonly<Record<string, number>>;
}

type Round = Payload<{ readonly round: number }>;

/** The form of answers of clients that train once as these options say, and report their loss only. */
export const trainsOnce = ({ amount, batchSize }: Pick<LocalOptions, 'amount' | 'batchSize'>) => ({
  steps: ({ header: { round } }: Round, { samples, localAmount }: AskedClient) =>
    stepsOf(localAmount(amount, round), batchSize, samples),
  scalars: () => ({}),
});

/** How far a scalar may be from what it should be, relative to that. */
const ROUNDING = 1e-6;

export function formRefusal<Message extends Payload>(
  { steps, scalars }: HostedUpdate,
  message: Message,
  client: AskedClient,
  form: AnswerForm<Message>,
): string | undefined {
  const due = form.steps(message, client);
  if (steps !== due) return `steps: it says ${steps} optimizer steps; it was asked for ${due}`;
  const others = form.scalars(message, steps);
  const unknown = Object.keys(scalars).find((name) => name !== 'loss' && !Object.hasOwn(others, name));
  if (unknown !== undefined) return `scalars.${unknown}: the algorithm has no such number`;
  for (const [name, value] of Object.entries(others)) {
    const given = Object.hasOwn(scalars, name) ? scalars[name] : NaN;
    if (Math.abs(given - value) <= ROUNDING * Math.abs(value)) continue;
    return `scalars.${name}: it is ${given}; by the recipe it is ${value}`;
  }
  return undefined;
}

export function headerRefusal(schema: z.ZodType, header: unknown): string | undefined {
  const { error } = schema.safeParse(header);
  if (error === undefined) return undefined;
  const [{ path, message }] = error.issues;
  return `${['header', ...path].map(String).join('.')}: ${message}`;
}

/** @param lengths how many values the vectors must have, by name */
export function lengthsRefusal(
  vectors: Payload['vectors'],
  lengths: Readonly<Record<string, number>>,
): string | undefined {
  const unknown = Object.keys(vectors).find((name) => !Object.hasOwn(lengths, name));
  if (unknown !== undefined) return `vectors.${unknown}: the algorithm has no such vector`;
  for (const [name, length] of Object.entries(lengths)) {
    if (!Object.hasOwn(vectors, name)) return `vectors.${name}: it is missing`;
    const given = vectors[name].length;
    if (given !== length) return `vectors.${name}: it has ${given} values; it must have ${length}`;
  }
  return undefined;
}
