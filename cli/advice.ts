/** What to do about a run that failed: the command that shows it again, or that goes on with it. */
import { DivergedError, explained, isSystemError, SystemError } from '../errors/index.js';

/** The error with what to do about it. */
export function withAdvice(thrown: unknown, directory: string | undefined): unknown {
  const error = isSystemError(thrown) ? explained(thrown) : thrown;
  if (error instanceof DivergedError) {
    error.message += `\nTry a lower learning rate. To see it again: ${againCommand(process.argv.slice(2))}`;
  } else if (error instanceof SystemError && directory !== undefined) {
    error.message += `; go on with --resume --out ${directory}`;
  }
  return error;
}

/** The same for a command that goes on by itself when it is given again. */
export function withRestartAdvice(thrown: unknown): unknown {
  const error = isSystemError(thrown) ? explained(thrown) : thrown;
  if (error instanceof SystemError) error.message += '; the same command goes on';
  return error;
}

/** The command line that runs the same recipe again, in a new directory. */
function againCommand(words: readonly string[]): string {
  const kept = words.filter((word, i) => !/^--(resume$|out(=|$))/.test(word) && words[i - 1] !== '--out');
  return ['murmur', ...kept.map(quoted)].join(' ');
}

/** A word as a shell takes it. */
export const quoted = (word: string) =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
