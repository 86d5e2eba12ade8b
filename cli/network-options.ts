/** Options that the commands of the network share: the join token, client numbers, the log. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { version } from '../hosting/index.js';

export const tokenOption = () =>
  new Option('--token <file|value>', 'the join token, or the file that holds it').env('MURMUR_TOKEN');

export const keyOption = () =>
  new Option('--key <file|value>', "the key of this worker's clients, or the file that holds it").env(
    'MURMUR_KEY',
  );

/** The token or key itself. */
export function readToken(given: string | undefined): string | undefined {
  if (given === undefined) return given;
  if (!existsSync(given)) {
    if (isPath(given)) throw new Error(`there is no file ${given}: it should hold a token or a key`);
    return given;
  }
  if (!statSync(given).isFile()) throw new Error(`${given} is no file: name one that holds a token or a key`);
  const token = readFileSync(given, 'utf8').trim();
  if (token === '') throw new Error(`the file ${given} is empty: it should hold a token or a key`);
  if (/\s/.test(token) || token.length > LONGEST_TOKEN) {
    throw new Error(
      `the file ${given} should hold one token or key, of at most ${LONGEST_TOKEN} characters, and nothing else`,
    );
  }
  return token;
}

/** Far more than anybody needs, far less than a frame of the handshake holds. */
const LONGEST_TOKEN = 4096;

/** A misspelt path shall not become the token itself; base64 may have slashes, but names no folder that is there. */
const isPath = (given: string): boolean => {
  const folder = dirname(given);
  return (
    /\.(txt|key|token|pem)$/.test(given) || (given.includes('/') && folder !== '/' && existsSync(folder))
  );
};

export type ClientRanges = readonly (readonly [first: number, last: number])[];

/** "0-499,600" → [[0, 499], [600, 600]]. */
export function clientRanges(text: string): ClientRanges {
  return text.split(',').map((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) throw new InvalidArgumentError('Write client numbers as 0-499 or 0-99,200.');
    const [first, last] = [Number(match[1]), Number(match.at(2) ?? match[1])];
    if (first > last) throw new InvalidArgumentError(`${part}: the first is larger than the last.`);
    return [first, last];
  });
}

export type Log = (level: 'info' | 'warn', sentence: string, fields?: object) => void;

/** Structured lines on the standard error output, or in a file. */
export function logger(name: string, file?: string): Log {
  const base = { name, pid: process.pid, hostname: hostname(), version: version() };
  const log = pino({ base }, pino.destination({ dest: file ?? 2, sync: true }));
  return (level, sentence, fields) => {
    if (fields) log[level](fields, sentence);
    else log[level](sentence);
  };
}

/** Aborted by Ctrl-C or SIGTERM; `stop` ends the listening. */
export function interruption(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    },
  };
}

interface Certificate {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** @throws Error where one of the two files is missing */
export function tlsOf({ tlsCert, tlsKey }: Certificate): {
  readonly tls?: { readonly cert: string; readonly key: string };
} {
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new Error('TLS needs both --tls-cert and --tls-key');
  }
  return { tls: { cert: tlsCert, key: tlsKey } };
}
