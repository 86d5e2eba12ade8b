/** Options that several partitions share. */
import { z } from 'zod';

export const clientCount = z.int().min(1, 'there must be at least one client');

export const clientsOption = clientCount
  .default(100)
  .describe('How many clients the examples are split among.');

export const alphaOption = z
  .number()
  .positive('alpha must be above 0; small is skewed, 100 and more is close to even')
  .default(0.5)
  .describe('Concentration of the Dirichlet distribution: small is skewed, large is even.');

export const minimumOption = z
  .int()
  .min(1, 'a client needs at least one example')
  .describe('The fewest examples a client may hold; the draw is repeated until it is met.');
