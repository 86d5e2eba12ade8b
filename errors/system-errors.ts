/** Errors of system calls (ENOSPC, EACCES, …) as messages for users: which file, why, and what to do. */

/** An error of a system call, as Node.js throws it. */
export interface SystemCallError extends Error {
  readonly code?: string | undefined;
  readonly path?: string | undefined;
}

export const isSystemError = (error: unknown): error is SystemCallError =>
  error instanceof Error && 'code' in error && 'syscall' in error;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) =>
    `the disk is full: ${path} could not be written. What was written before is unharmed: free some space and try again`,
  EDQUOT: (path) =>
    `your quota of the disk is used up: ${path} could not be written. What was written before is unharmed: free some space and try again`,
  EACCES: (path) => `no permission for ${path}`,
  EPERM: (path) => `no permission for ${path}`,
  EROFS: (path) => `${path} is on a file system that can only be read`,
  EIO: (path) => `${path} could not be read or written: its disk is faulty or gone`,
  EMFILE: (path) =>
    `too many files and connections are open for ${path}: raise the limit (ulimit -n), and try again`,
  ENFILE: (path) => `this machine has too many open files for ${path}: close some, and try again`,
  ENOENT: (path) => `there is no ${path}`,
  ENOTDIR: (path) => `${path}: a part of this path is a file, not a folder`,
  EISDIR: (path) => `${path} is a folder, not a file`,
};

function systemSentence({ code = '', path = 'a file', message }: SystemCallError): string {
  return Object.hasOwn(sentences, code) ? sentences[code](path) : message;
}

/** A failed system call, with a message for users. */
export class SystemError extends Error {
  override name = 'SystemError';
  constructor(message: string, cause: SystemCallError) {
    super(message, { cause });
  }
}

/** Any thrown value as an `Error`; a failed system call as a `SystemError`. */
export function explained(thrown: unknown): Error {
  if (isSystemError(thrown)) return new SystemError(systemSentence(thrown), thrown);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
