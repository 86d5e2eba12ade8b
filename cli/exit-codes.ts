/** What `murmur` exits with; documented in docs/cli.md. */
export const exitCode = {
  ok: 0,
  /** Something that should not happen did. */
  failure: 1,
  /** A command line, a recipe or a file that cannot be used as it is. */
  badInput: 2,
  /** Training diverged. */
  diverged: 3,
  /** Reading or writing failed: a full disk, a missing permission. */
  inputOutput: 4,
  /** Some runs of a sweep failed; the others are done. */
  failedRuns: 5,
  /** Stopped by Ctrl-C or SIGTERM after a checkpoint. */
  interrupted: 130,
} as const;
