/** Loads the queue on Redis on first use: its packages are optional, and only `sweep --queue` and `work` need them. */
import { UserError } from '../../errors/index.js';

const packages = ['bullmq', 'ioredis'];

/** @throws UserError if a package that the queue needs is not installed */
export async function loadQueue() {
  try {
    return await import('./queue/index.js');
  } catch (error) {
    const missing = packages.filter((name) => isMissing(name, error));
    if (missing.length === 0) throw error;
    throw new UserError(
      `a queue needs the package ${missing.join(' and ')}, which is not installed: npm install bullmq@6 ioredis@6`,
    );
  }
}

/** Whether Node.js did not find the package itself, rather than one of the package's own modules. */
const isMissing = (name: string, error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(`'${name}'`);
