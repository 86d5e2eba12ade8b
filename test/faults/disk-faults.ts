/** How file operations of the simulated disk fail, and how often they did. */

/** The operations that may fail. */
export type DiskOperation = 'read' | 'list' | 'makeFolder' | 'open' | 'write' | 'sync' | 'rename' | 'remove';

export type DiskErrorCode = 'EIO' | 'ENOSPC' | 'EROFS' | 'EMFILE' | 'ENOENT' | 'EEXIST' | 'EBADF' | 'EISDIR';

/** The codes that faults have; others tell of a mistake of the caller. */
const faults: ReadonlySet<string | undefined> = new Set(['EIO', 'ENOSPC', 'EROFS', 'EMFILE']);

/** An error as Node.js throws it. */
export function diskError(
  code: DiskErrorCode,
  operation: DiskOperation,
  path: string,
): NodeJS.ErrnoException {
  const message = `${code}: ${operation} '${path}'`;
  return Object.assign(new Error(message), { code, syscall: operation, path });
}

/** Whether an error tells of a fault of the disk, in a sentence for the operator. */
export function isDiskFault(error: Error | undefined): boolean {
  const cause = error?.cause;
  return cause instanceof Error && 'code' in cause && faults.has(String(cause.code));
}

/** The process was killed: thrown through all its code, none of which can do anything any more. */
export class ProcessKilled extends Error {
  override name = 'ProcessKilled';
}

/** The faults of a history. */
export interface FaultCounts {
  /** How often which operation failed. */
  readonly diskFaults: Map<DiskOperation, number>;
  /** How often a process ended with an error that tells of its disk. */
  readonly exits: { coordinator: number; worker: number };
}

export const noFaults = (): FaultCounts => ({
  diskFaults: new Map(),
  exits: { coordinator: 0, worker: 0 },
});
