/**
 * Claims on run directories: who works on one, so that several sweeps and machines can share a folder. A claim is
 * a file beside the directory; its holder touches it again and again. A holder that is gone (its process has ended,
 * or it has not touched its claim for long) is replaced. Who was replaced while it only slept sees by `holds` that
 * it must write no more.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';

/** A holder touches its claim so often, and is taken for gone after so long, in milliseconds. */
const TOUCH = 5_000;
const GONE = 30_000;

interface Holder {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
}

/** What another process needs to see whether a claim still holds. */
export interface ClaimTicket {
  readonly file: string;
  readonly token: string;
}

export interface Claim extends ClaimTicket {
  release(): void;
}

export const holds = ({ file, token }: ClaimTicket): boolean => readHolder(file)?.token === token;

/** Takes claims, and remembers of those of others when they were last touched, as far as it has seen. */
export class Claims {
  readonly #seen = new Map<string, { touched: number; at: number }>();

  /** @returns nothing where somebody else works on the directory */
  take(directory: string): Claim | undefined {
    const file = `${directory}.claim`;
    const holder: Holder = { token: randomUUID(), host: thisHost, pid: process.pid };
    if (!create(file, holder)) {
      if (!this.#isAbandoned(file)) return undefined;
      const beside = `${file}.${holder.token}`;
      writeFileSync(beside, JSON.stringify(holder));
      renameSync(beside, file);
    }
    this.#seen.delete(file);
    return keep({ file, token: holder.token });
  }

  #isAbandoned(file: string): boolean {
    const holder = readHolder(file);
    // On the same host the process is either there or gone. (This process forgets none of its claims.)
    if (
      holder?.host === thisHost &&
      (holder.pid === process.pid ? !held.has(holder.token) : !isAlive(holder.pid))
    )
      return true;
    const touched = touchedAt(file);
    const seen = this.#seen.get(file);
    const now = performance.now();
    if (seen?.touched !== touched) {
      this.#seen.set(file, { touched, at: now });
      return false;
    }
    return now - seen.at > GONE;
  }
}

/** The tokens of the claims that this process holds. */
const held = new Set<string>();

function keep(ticket: ClaimTicket): Claim {
  held.add(ticket.token);
  const timer = setInterval(() => {
    if (!holds(ticket)) return;
    const now = new Date();
    ignoreMissing(() => {
      utimesSync(ticket.file, now, now);
    });
  }, TOUCH);
  timer.unref();
  return {
    ...ticket,
    release() {
      clearInterval(timer);
      held.delete(ticket.token);
      if (holds(ticket)) rmSync(ticket.file, { force: true });
    },
  };
}

/** @returns whether the claim was free */
function create(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isSystem(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Nothing where there is no claim, or it is just being written. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || isSystem(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const touchedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function ignoreMissing(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isSystem(error, 'ENOENT')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystem(error, 'ESRCH');
  }
}

const isSystem = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

/** Where process ids mean the same: containers on one machine may share its name, but not its processes. */
const thisHost = [
  hostname(),
  systemName(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
]
  .concat(systemName(() => readlinkSync('/proc/self/ns/pid')))
  .join(' ');

/** What only Linux tells. */
function systemName(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
