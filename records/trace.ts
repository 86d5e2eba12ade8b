/** The record of a network run that the simulator needs to repeat it: which updates were aggregated, in what order. */
import { RunDirectoryError } from './errors.js';
import type { RoundEvent, RunEvent } from './events.js';

export type Trace = ReadonlyMap<number, Pick<RoundEvent, 'missing' | 'reset' | 'arrivals' | 'trace'>>;

/** The trace of a run's events. */
export const traceOf = (events: readonly RunEvent[]): Trace =>
  new Map(events.flatMap((event) => (event.type === 'round' ? [[event.round, event]] : [])));

/** @throws RunDirectoryError where the run ended before that round */
export function roundIn(trace: Trace, number: number) {
  const recorded = trace.get(number);
  if (recorded === undefined) throw new RunDirectoryError(`the run to replay ended before round ${number}`);
  return recorded;
}
