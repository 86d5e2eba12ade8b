/** What keeps a connection alive and ends it, and what a worker uploads besides its work. */
import { z } from 'zod';
import { closeCodes, type CloseReason } from '../codes.js';
import { count, round, milliseconds, sentence } from './fields.js';

export const progress = z.strictObject({
  round,
  waiting: count.describe('Tasks that wait.'),
  training: count.describe('Tasks under way.'),
  done: count.describe('Tasks done since the start.'),
});

export const ping = z
  .strictObject({
    id: count.describe('Comes back in the pong.'),
    progress: progress.optional().describe('From workers.'),
  })
  .describe('A sign of life that asks for one.');
export const pong = z.strictObject({ id: count, progress: progress.optional() }).describe('A sign of life.');

export const goodbye = z
  .strictObject({
    reason: z
      .enum(Object.keys(closeCodes) as [CloseReason, ...CloseReason[]])
      .describe('The name of the close code that follows.'),
    sentence,
    retryAfterMs: milliseconds.optional().describe('When the worker is to come back, at the earliest.'),
  })
  .describe('The connection is about to be closed, and why.');
