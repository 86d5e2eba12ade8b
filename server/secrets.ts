/** Secrets: what workers prove with who they are, and how secrets are compared. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../numerics/index.js';
import type { MembersRecord } from './members.js';

/** Made of the run's key, so that none has to be kept. */
export const secretOf = ({ key, run }: Pick<MembersRecord, 'key' | 'run'>, worker: string) =>
  sha256(`${key}/${run}/${worker}`);

/** Compares without telling by its time where the first difference is. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
