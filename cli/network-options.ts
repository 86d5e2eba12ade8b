/** Options that the commands of the network share: client numbers, certificates, the log. */
import { hostname } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { UserError } from '../errors/index.js';
import { version } from '../records/host/index.js';

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

/** @throws UserError where one of the two files is missing */
export function tlsOf({ tlsCert, tlsKey }: Certificate): {
  readonly tls?: { readonly cert: string; readonly key: string };
} {
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UserError('TLS needs both --tls-cert and --tls-key');
  }
  return { tls: { cert: tlsCert, key: tlsKey } };
}
