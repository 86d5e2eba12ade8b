/** The connection to Redis: tried before anything starts, so that one that is not there is told in a sentence. */
import { Redis } from 'ioredis';

/** A first connection may take so many milliseconds. */
const PATIENCE = 5000;

/** @throws Error, a sentence, where the address is none or nobody answers there */
export async function connectRedis(address: string): Promise<Redis> {
  const shown = withoutPassword(address);
  let isConnected = false;
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    // BullMQ waits for jobs as long as it takes, also while Redis is away.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isConnected ? Math.min(100 * times, 5000) : null),
  });
  let trouble = '';
  const note = (error: Error) => {
    trouble = error.message;
  };
  redis.on('error', note);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const reason = trouble || (error instanceof Error ? error.message : String(error));
    throw new Error(
      `no Redis answers at ${shown} (${reason}): start one there, e.g. with redis-server, or give its address`,
      { cause: error },
    );
  }
  isConnected = true;
  return redis;
}

/** @throws Error where it is no address of Redis */
function withoutPassword(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol)) {
    throw new Error(`--queue ${address}: write the address of Redis as redis://HOST:PORT`);
  }
  if (url.password !== '') url.password = '***';
  return url.href;
}
