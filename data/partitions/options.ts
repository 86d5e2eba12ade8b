/** Options that several partitions share. */
import { z } from 'zod';

export const clientCount = z.int().min(1, 'use at least one client');

export const clientsOption = clientCount
  .default(100)
  .describe('The number of clients that the examples are split among.');

export const alphaOption = z
  .number()
  .positive('alpha must be above 0; small values are skewed, 100 and more is nearly even')
  .default(0.5)
  .describe('Concentration of the Dirichlet distribution: small values are skewed, large values even.');

export const minimumOption = z
  .int()
  .min(1, 'a client needs at least one example')
  .describe('The minimum number of examples of a client; the draw is repeated until every client has it.');
