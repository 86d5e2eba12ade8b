/** What a coordinator says of the run's standing and of a worker's clients, checked before the worker goes by it. */
import { ProtocolError, type MessageOf } from '../protocol/index.js';

type Standing = Pick<MessageOf<'committed'>, 'round' | 'durable' | 'commits'>;

/** The most clients of one worker: more do not fit in a list of a message. */
const MOST_CLIENTS = 1_000_000;

const refuse = (sentence: string) => new ProtocolError('unexpected', sentence);

/**
 * The clients of a welcome, in ascending order.
 * @throws ProtocolError with the field of the welcome that cannot be
 */
export function clientsOf({ clients: ranges, heartbeat, ...standing }: MessageOf<'welcome'>): number[] {
  let next = 0;
  let count = 0;
  for (const [first, last] of ranges) {
    if (first < next || last < first) throw refuse('clients of the welcome are not in ascending order');
    next = last + 1;
    count += next - first;
    if (count > MOST_CLIENTS) throw refuse(`clients of the welcome are more than ${MOST_CLIENTS}`);
  }
  const { everyMs, timeoutMs } = heartbeat;
  if (timeoutMs <= everyMs) {
    throw refuse(`heartbeat.timeoutMs of the welcome is ${timeoutMs}; it must be above everyMs, ${everyMs}`);
  }
  const clients = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  checkStanding('the welcome', standing, new Set(clients));
  return clients;
}

/** @throws ProtocolError where a run cannot stand so */
export function checkStanding(
  what: string,
  { round, durable, commits }: Standing,
  clients: ReadonlySet<number>,
): void {
  if (durable > round) throw refuse(`durable of ${what} is ${durable}, after round ${round}`);
  for (const commit of commits) {
    if (commit.round > round) {
      throw refuse(`commits of ${what} name round ${commit.round}, which is not over`);
    }
    checkOwn(`commits of ${what}`, commit.clients, clients);
  }
}

/** @throws ProtocolError where a client is named that is not this worker's, or one twice */
export function checkOwn(what: string, named: readonly number[], clients: ReadonlySet<number>): void {
  const other = named.find((client) => !clients.has(client));
  if (other !== undefined) throw refuse(`${what}: client ${other} is not this worker's`);
  if (new Set(named).size < named.length) throw refuse(`${what}: a client is there twice`);
}
