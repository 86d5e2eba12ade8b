/** What lies in the queue: a job is one run of a sweep. */
import { z } from 'zod';
import {
  recipeHash,
  RecipeError,
  recipeSchema,
  type Dependencies,
  type Recipe,
} from '../../../recipe/index.js';
import type { RunRecord } from '../../../runs/index.js';

/** All sweeps share one queue: `murmur work` takes whatever is to be done. */
export const QUEUE = 'murmur-sweeps';

/** Bookkeeping of jobs that ended is forgotten after a week, in seconds; their results lie in their directories. */
const FORGET = 7 * 24 * 3600;

/** A failed run is tried once more; a worker that died counts for nothing. */
export const jobOptions = {
  attempts: 2,
  removeOnComplete: { age: FORGET },
  removeOnFail: { age: FORGET },
} as const;

const folderName = z.string().regex(/^[\w.-]+$/);

const jobSchema = z.object({
  /** The name of the sweep's directory, within the folder of sweeps that workers are given. */
  sweep: folderName,
  id: folderName,
  hash: z.string(),
  recipe: z.unknown(),
  dependencies: z.object({ checksums: z.record(z.string(), z.string()), bits: z.array(z.string()) }),
});

export interface Job {
  readonly sweep: string;
  readonly id: string;
  readonly hash: string;
  readonly recipe: Recipe;
  readonly dependencies: Dependencies;
}

/** A finished run, without what would be long. */
export type JobResult = Omit<RunRecord, 'labelCounts' | 'topology'>;

export interface JobProgress {
  readonly round: number;
  readonly rounds: number;
  readonly threads: number;
  readonly accuracy?: number;
}

/**
 * What comes from Redis comes from outside: it is checked as a recipe in a file is.
 * @throws RecipeError where it is no run, or one of another version of murmur
 */
export function parseJob(data: unknown): Job {
  const job = jobSchema.safeParse(data);
  if (!job.success) throw new RecipeError('the queue holds something that is no run of a sweep');
  const recipe = recipeSchema.safeParse(job.data.recipe);
  if (!recipe.success) {
    const reasons = recipe.error.issues.map(({ message }) => message).join('; ');
    throw new RecipeError(`this worker cannot read the recipe (${reasons}): does it lack a --plugin?`);
  }
  if (recipeHash(recipe.data) !== job.data.hash) {
    throw new RecipeError(
      'the recipe was queued by another version of murmur, which fills in other defaults',
    );
  }
  return { ...job.data, recipe: recipe.data };
}
