/** Options that several merge rules have. */
import { z } from 'zod';

export const shareOption = z
  .union([z.number().min(0).max(1), z.literal('proportional')])
  .describe(
    "the own model's share β of the mean, from 0 to 1, or 'proportional': as much as any received model of its weight; " +
      'a protocol that has mixing weights sets it itself',
  );
