/** What the operating system refuses, in sentences. */

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: () => 'the disk is full. What was written before is unharmed: free some space and try again',
  EDQUOT: () => 'your quota of the disk is used up. What was written before is unharmed',
  EACCES: (path) => `no permission for ${path}`,
  EPERM: (path) => `no permission for ${path}`,
  EROFS: (path) => `${path} is on a file system that can only be read`,
  ENOENT: (path) => `there is no ${path}`,
  ENOTDIR: (path) => `${path}: a part of this path is a file, not a folder`,
  EISDIR: (path) => `${path} is a folder, not a file`,
};

export function systemSentence({ code = '', path = 'a file', message }: NodeJS.ErrnoException): string {
  return Object.hasOwn(sentences, code) ? sentences[code](path) : message;
}

/** A sentence about what the operating system refused. */
export class SystemError extends Error {
  override name = 'SystemError';
  constructor(message: string, cause: NodeJS.ErrnoException) {
    super(message, { cause });
  }
}
