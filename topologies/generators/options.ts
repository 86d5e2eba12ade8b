/** Options that several topologies have. */
import { z } from 'zod';

/** A number from 0 to 1. */
export function probability(): z.ZodNumber {
  const error = (issue: { input?: unknown }) =>
    `a probability lies between 0 and 1, and this is ${JSON.stringify(issue.input)}`;
  return z.number({ error }).min(0, { error }).max(1, { error });
}
