/** One measured run of many clients; its process does nothing else. */
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { quantile } from '../numerics/index.js';
import { readRecipe } from '../recipe/index.js';
import { simulate } from '../simulator/index.js';

export const scaleRunSchema = z.object({
  /** From the start of the process until training begins. */
  secondsToStart: z.number(),
  /** A round by the number of its clients, evaluation left out; the median round. */
  millisecondsPerUpdate: z.number(),
  peakMiB: z.number(),
});
export type ScaleRun = z.output<typeof scaleRunSchema>;

export async function scaleRun(
  file: string,
  overrides: Readonly<Record<string, unknown>>,
): Promise<ScaleRun> {
  const recipe = readRecipe(file, { ...overrides, 'evaluate.every': 1_000_000 });
  const perUpdate: number[] = [];
  let secondsToStart = 0;
  let before = 0;
  const { record } = await simulate(recipe, {
    threads: 1,
    onStart() {
      before = performance.now();
      secondsToStart = before / 1000;
    },
    onEvent(event) {
      if (event.type !== 'round') return;
      const now = performance.now();
      if (event.round < recipe.rounds) perUpdate.push((now - before) / event.answered);
      before = now;
    },
  });
  return {
    secondsToStart,
    millisecondsPerUpdate: quantile(perUpdate, 0.5),
    peakMiB: record.peakMemoryMiB,
  };
}
