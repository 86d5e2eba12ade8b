/** The data home: the folder of imported and downloaded data, with one subfolder per dataset. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** MURMUR_DATA, or `murmuration/data` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache). */
export function defaultDataHome(environment: NodeJS.ProcessEnv = process.env): string {
  // The XDG specification treats an empty variable as unset.
  const { MURMUR_DATA: dataHome, XDG_CACHE_HOME: cache } = environment;
  return dataHome || join(cache || join(homedir(), '.cache'), 'murmuration', 'data');
}
