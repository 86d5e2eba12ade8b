/** The data home: the folder of the data that a user imported or downloaded, one folder a dataset. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** MURMUR_DATA, or `murmuration/data` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache). */
export function defaultDataHome(environment: NodeJS.ProcessEnv = process.env): string {
  // The XDG specification says that an empty variable counts as one that is not set.
  const { MURMUR_DATA: own, XDG_CACHE_HOME: cache } = environment;
  return own || join(cache || join(homedir(), '.cache'), 'murmuration', 'data');
}
