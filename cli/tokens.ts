/** The options --token and --key: a token or key itself, or the file that holds it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Option } from 'commander';
import { UserError } from '../errors/index.js';
import { LONGEST_SECRET } from '../protocol/index.js';

const RULE = 'a value with a slash, a backslash or a dot is a file';

export const tokenOption = () =>
  new Option('--token <file|value>', `the join token, or the file that holds it: ${RULE}`).env(
    'MURMUR_TOKEN',
  );

export const keyOption = () =>
  new Option(
    '--key <file|value>',
    `the key of this worker's clients, or the file that holds it: ${RULE}`,
  ).env('MURMUR_KEY');

/**
 * The token or key itself.
 * @throws UserError, a sentence, if there is none: an empty one would let everybody in
 */
export function readToken(option: '--token' | '--key', given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const value = given.trim();
  const where = `${option} (or ${option === '--token' ? 'MURMUR_TOKEN' : 'MURMUR_KEY'})`;
  if (value === '') throw new UserError(`${where} is empty: leave it out, or give a token or a key`);
  if (/[/\\.]/.test(value)) return readTokenFile(where, value);
  // A short word that is a file's name is hardly meant as a token.
  if (existsSync(value)) {
    throw new UserError(
      `${where} is a token or a key itself if it has no slash, and ${value} is a file here: write ./${value} for what the file holds, or choose another token`,
    );
  }
  return checked(where, value);
}

function readTokenFile(where: string, file: string): string {
  if (!existsSync(file)) {
    // It may be a secret: only what can hardly be one is shown.
    const shown = existsSync(dirname(file)) && dirname(file) !== '/' ? file : 'of that name';
    throw new UserError(
      `${where}: there is no file ${shown}; ${RULE}, and a token or a key that has one must lie in a file`,
    );
  }
  if (!statSync(file).isFile())
    throw new UserError(`${file} is no file: name one that holds a token or a key`);
  const token = readFileSync(file, 'utf8').trim();
  if (token === '') throw new UserError(`the file ${file} is empty: it should hold a token or a key`);
  return checked(`the file ${file}`, token);
}

function checked(where: string, token: string): string {
  if (/\s/.test(token) || token.length > LONGEST_SECRET) {
    throw new UserError(
      `${where} should hold one token or key, without spaces and of at most ${LONGEST_SECRET} characters, and nothing else`,
    );
  }
  return token;
}
