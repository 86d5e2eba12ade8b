/**
 * How many connections a process may have open at a time. Connections and files share one limit (RLIMIT_NOFILE, `ulimit -n`):
 * a quarter of it is kept for files, threads and processes, so that whoever connects cannot keep a run from being written.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Where the system sets no lower limit. */
const MOST_CONNECTIONS = 20_000;
const SHARE_OF_CONNECTIONS = 0.75;
/** With fewer, workers could not take part. */
const FEWEST = 8;

export interface ConnectionLimit {
  readonly most: number;
  /** From one address, of those that have not said yet who they are: the others have room too. */
  readonly pending: number;
}

/** @throws Error where there is no room for workers */
export function connectionLimit(): ConnectionLimit {
  return connectionsWithin(openFilesLimit(), openFiles());
}

/**
 * @param limit of open files, as far as it is known
 * @param open files that are open already
 */
export function connectionsWithin(limit: number | undefined, open: number): ConnectionLimit {
  const room = limit === undefined ? Infinity : Math.floor(SHARE_OF_CONNECTIONS * limit) - open;
  if (limit !== undefined && room < FEWEST) {
    throw new Error(
      `a limit of ${limit} open files leaves no room for connections: raise it (ulimit -n) to at least ${Math.ceil((open + FEWEST) / SHARE_OF_CONNECTIONS)}`,
    );
  }
  const most = Math.min(MOST_CONNECTIONS, room);
  return { most, pending: Math.floor(most / 3) };
}

/** Linux tells; Node.js has no call for it. */
function openFilesLimit(): number | undefined {
  const soft = /^Max open files +(\d+)/m.exec(readIfThere('/proc/self/limits'))?.[1];
  return soft === undefined ? undefined : Number(soft);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
