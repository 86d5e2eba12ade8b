/** Secrets: what workers prove with who they are, to the coordinator and to each other. */
import { createHmac } from 'node:crypto';
import type { WorkerRecords } from './worker-registry.js';

type Run = Pick<WorkerRecords, 'key' | 'run'>;

/** What the secret of a label and names is made of: no two of them have the same. */
export const secretInput = (label: 'resume' | 'pair', run: string, ...names: readonly string[]): string =>
  JSON.stringify([label, run, ...names]);

/** Made of the run's key, so that none has to be kept. */
const derive = ({ key, run }: Run, label: 'resume' | 'pair', ...names: readonly string[]): string =>
  createHmac('sha256', key)
    .update(secretInput(label, run, ...names))
    .digest('hex');

/** With it a worker resumes its identity. */
export const secretOf = (run: Run, worker: string): string => derive(run, 'resume', worker);

/** What the two workers of a pair know of each other, for one run; in either order. */
export const ticketOf = (run: Run, a: string, b: string): string => derive(run, 'pair', ...[a, b].sort());
