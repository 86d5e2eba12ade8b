/** What lies in the queue: a job is one run of a sweep. */
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../../numerics/index.js';
import {
  recipeHash,
  RecipeError,
  recipeSchema,
  type Dependencies,
  type Recipe,
} from '../../../recipe/index.js';
import type { RunRecord } from '../../../records/index.js';

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

/** The longest name of a folder that file systems have, in bytes. */
const LONGEST_NAME = 255;

/** A name of one folder on every system, and of none above or below. */
const isFolderName = (name: string): boolean =>
  !/^\.{0,2}$|[/\\\p{Cc}]/u.test(name) && Buffer.byteLength(name) <= LONGEST_NAME;

/**
 * The name by which workers find a sweep's directory in the folder of sweeps that they are given.
 * @throws RecipeError if workers could not have a folder of that name
 */
export function sweepName(directory: string): string {
  const name = basename(resolve(directory));
  if (isFolderName(name)) return name;
  throw new RecipeError(
    `--out ${directory}: workers find a queued sweep by the name of its folder, and '${name}' cannot be one; use a name of at most ${LONGEST_NAME} bytes without slashes, backslashes and control characters`,
  );
}

/** What the queue calls a job: the same run of the same sweep has the same. Of a sweep's name only the hash, for BullMQ takes few characters. */
export const jobName = (sweep: string, id: string): string => `${sha256(sweep).slice(0, 16)}-${id}`;

const jobSchema = z.object({
  /** The name of the sweep's directory, within the folder of sweeps that workers are given. */
  sweep: z.string().refine(isFolderName),
  id: z.string().regex(/^[\w-]+$/),
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
