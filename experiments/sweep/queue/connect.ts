/** Connects to Redis before anything starts, and explains a failure. */
import { Redis } from 'ioredis';
import { UserError } from '../../../errors/index.js';

/** Timeout of the first connection, in milliseconds. */
const CONNECT_TIMEOUT = 5000;

/** @throws UserError if the address is malformed or Redis does not answer there */
export async function connectRedis(address: string): Promise<Redis> {
  const shown = withoutPassword(address);
  let isConnected = false;
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    // BullMQ waits for jobs indefinitely, also while Redis is unreachable.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isConnected ? Math.min(100 * times, 5000) : null),
  });
  let lastError = '';
  redis.on('error', (error: Error) => {
    lastError = error.message;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const reason = lastError || (error instanceof Error ? error.message : String(error));
    throw new UserError(
      `no Redis answers at ${shown} (${reason}): start one there, e.g. with redis-server, or give another address`,
      { cause: error },
    );
  }
  isConnected = true;
  return redis;
}

/** @throws UserError if it is not an address of Redis */
function withoutPassword(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol)) {
    throw new UserError(`--queue ${address}: write the address of Redis as redis://HOST:PORT`);
  }
  if (url.password !== '') url.password = '***';
  return url.href;
}
