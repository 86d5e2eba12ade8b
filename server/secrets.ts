/** HMAC secrets of workers: the secret that resumes a worker's identity, and the ticket that authenticates two workers to each other. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { WorkerRecords } from './worker-registry.js';

type Run = Pick<WorkerRecords, 'key' | 'run'>;

/** The HMAC's message: injective in label, run and names. */
export const secretInput = (label: 'resume' | 'pair', run: string, ...names: readonly string[]): string =>
  JSON.stringify([label, run, ...names]);

/** Derived from the run's key, so that no secret is stored. */
const derive = ({ key, run }: Run, label: 'resume' | 'pair', ...names: readonly string[]): string =>
  bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(secretInput(label, run, ...names))));

/** The secret with which a worker resumes its identity. */
export const secretOf = (run: Run, worker: string): string => derive(run, 'resume', worker);

/** The secret that both workers of a pair share in this run; symmetric in `a` and `b`. */
export const ticketOf = (run: Run, a: string, b: string): string => derive(run, 'pair', ...[a, b].sort());
