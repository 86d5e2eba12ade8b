/** A command that is refused says why in sentences, and exits with the code that docs/cli.md gives. */
import { expect } from 'chai';
import { murmur, type MurmurOptions } from './murmur.js';

/** @returns what the command says on the standard error output; it must exit with the code and print no stack */
export async function refused(
  code: number,
  args: readonly string[],
  options: MurmurOptions = {},
): Promise<string> {
  const finished = await murmur(args, options);
  expect(finished.code, finished.stderr).to.equal(code);
  expect(finished.stderr).not.to.match(/^ {4}at /m);
  return finished.stderr;
}
