/** Secrets: what workers prove with who they are, to the coordinator and to each other. */
import { sha256 } from '../numerics/index.js';
import type { MembersRecord } from './members.js';

/** Made of the run's key, so that none has to be kept. */
export const secretOf = ({ key, run }: Pick<MembersRecord, 'key' | 'run'>, worker: string) =>
  sha256(`${key}/${run}/${worker}`);

/** What the two workers of a pair know of each other, for one run. */
export const ticketOf = ({ key, run }: Pick<MembersRecord, 'key' | 'run'>, a: string, b: string) =>
  sha256(`${key}/${run}/pair/${[a, b].sort().join('/')}`);
