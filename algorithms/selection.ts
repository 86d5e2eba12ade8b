/** Which clients take part in a round: uniformly chosen among those that can be asked. */
import { z } from 'zod';
import { portion, sampleWithoutReplacement } from '../numerics/index.js';
import type { ScheduleKind } from '../registry/index.js';
import type { PlanContext } from './federated.js';
import type { AlgorithmNeeds } from './needs.js';

export const selectionOptions = {
  fraction: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('C, the fraction of all clients that takes part in a round; 0 means one client'),
  clientsPerRound: z
    .int()
    .positive()
    .optional()
    .describe('how many clients take part in a round; replaces fraction'),
};

export interface Selection {
  readonly fraction: number;
  readonly clientsPerRound?: number | undefined;
  /** Whether a buffered schedule's places, all that are free, are what is wanted. */
  readonly fillsPlaces?: boolean;
}

/** m of K clients, where all can be asked. */
export const clientsARound = ({ fraction, clientsPerRound }: Selection, clients: number) =>
  Math.min(clientsPerRound ?? Math.max(Math.round(portion(fraction, clients)), 1), clients);

/**
 * m = max(⌊C·K⌉, 1) clients, or `clientsPerRound`, uniformly without replacement, in ascending order (McMahan et al.
 * 2017, Algorithm 1); all of them where fewer can be asked. A client without examples is never asked: it has
 * nothing to train on.
 */
export function selectClients(
  { fraction, clientsPerRound, fillsPlaces = false }: Selection,
  { roster, slots = Infinity, overSelection = 1, stream }: PlanContext,
): number[] {
  const wanted =
    fillsPlaces && slots < Infinity ? slots : clientsARound({ fraction, clientsPerRound }, roster.count);
  const candidates = Uint32Array.from(roster.available).filter((client) => roster.samples(client) > 0);
  const count = Math.min(Math.ceil(portion(overSelection, wanted)), slots, candidates.length);
  return sampleWithoutReplacement(stream('selection'), candidates.length, count).map((i) => candidates[i]);
}

/** Needs of algorithms that fill all places of a buffered schedule: there, the schedule says how many clients train. */
export function fillsPlaces(schedule: ScheduleKind): AlgorithmNeeds {
  if (schedule !== 'buffered') return {};
  const why = 'schedule.concurrency says how many clients train at a time';
  return { ignores: { fraction: why, clientsPerRound: why } };
}
