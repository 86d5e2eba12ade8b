/** A sweep does not start with runs that cannot be run: each is checked against its data before anything is trained. */
import { RecipeError } from '../../recipe/index.js';
import type { SweepEvent } from './events.js';
import { describeRun } from './failures.js';
import type { SweepRun } from './sweep-run.js';
import { invalidRuns } from './probe.js';

export interface ValidityOptions {
  readonly plugins?: readonly string[] | undefined;
  /** Leaves out the runs that cannot be run, with what is wrong with them. */
  readonly skipInvalid?: boolean | undefined;
  readonly onEvent?: ((event: SweepEvent) => void) | undefined;
}

/** @throws RecipeError naming the runs that cannot be run, unless these are to be skipped */
export async function validRuns(
  runs: readonly SweepRun[],
  { plugins = [], skipInvalid = false, onEvent }: ValidityOptions,
): Promise<{ readonly valid: readonly SweepRun[]; readonly invalid: ReadonlyMap<SweepRun, string> }> {
  const invalid = await invalidRuns(runs, plugins, (count) => {
    onEvent?.({ type: 'checked', runs: count, of: runs.length });
  });
  if (invalid.size > 0 && !skipInvalid) throw new RecipeError(describeInvalid(invalid, runs.length));
  return { valid: runs.filter((run) => !invalid.has(run)), invalid };
}

const LISTED = 6;

/** Which runs cannot be run, each reason once. */
export function describeInvalid(invalid: ReadonlyMap<SweepRun, string>, of: number): string {
  const byReason = new Map<string, SweepRun[]>();
  for (const [run, reason] of invalid) byReason.set(reason, [...(byReason.get(reason) ?? []), run]);
  const lines = [...byReason].map(([reason, runs]) => {
    const more = runs.length > 1 ? ` and ${runs.length - 1} more` : '';
    return `  ${describeRun(runs[0])}${more}: ${reason}`;
  });
  const left = lines.length - LISTED;
  return [
    `${invalid.size} of ${of} runs cannot be run:`,
    ...lines.slice(0, LISTED),
    ...(left > 0 ? [`  … and ${left} more like these`] : []),
    'Change the sweep, exclude these combinations, or say --skip-invalid to run the others',
  ].join('\n');
}
