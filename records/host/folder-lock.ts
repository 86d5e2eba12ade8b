/**
 * Locks on folders: a run's directory and a worker's state belong to one process at a time, across containers and machines.
 *
 * A process that wants a lock announces itself first, by a socket and an entry in the lock's folder, and looks at the entries of others
 * then. So of two that come at once at least one sees the other; nobody replaces what another process wrote. On one machine an entry
 * counts while its process listens, hence a process that was killed is gone at once. Of processes of other machines, and where a
 * file system has no sockets, an entry counts while it is touched.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { makeFolder } from './atomic-file.js';
import type { FileSystem } from './file-system.js';
import { deviceOf, isListening, listenIn, type LifeSocket } from './life-socket.js';

/** The holder touches its entry every 5 s, and counts as gone once it was seen untouched for 30 s; milliseconds. */
const TOUCH = 5_000;
const GONE = 30_000;

/** The longest pause between two looks, in milliseconds. */
const LOOK = 1_000;

/** What an entry says of its process. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Processes of one machine can reach each other's sockets. */
  readonly machine: string;
  /** The file system of the folder; left out if it has no sockets. */
  readonly device?: number;
}

export class LockedError extends Error {
  override name = 'LockedError';

  /** @param holder undefined if its entry cannot be read */
  constructor(readonly holder: Holder | undefined) {
    super(`in use by ${describeHolder(holder)}`);
  }
}

export const describeHolder = (holder: Holder | undefined): string =>
  holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;

/** @param what the folder that the lock is for */
export const describeWait = (what: string, holder: Holder | undefined): string =>
  `${what} was in use by ${describeHolder(holder)}: waiting up to half a minute to see whether it still is`;

export class FolderLock {
  readonly #timer: NodeJS.Timeout;

  private constructor(
    readonly folder: string,
    readonly id: string,
    readonly socket: LifeSocket | undefined,
  ) {
    this.#timer = setInterval(() => {
      touch(this.entry);
    }, TOUCH);
    this.#timer.unref();
  }

  /**
   * Takes the lock.
   * @param folder the lock's own folder; it is made, and is gone after the release
   * @param onWait called if it takes a while to find out whether a process of another machine still lives
   * @throws LockedError if another process has the lock
   */
  static async acquire(folder: string, onWait?: (holder: Holder | undefined) => void): Promise<FolderLock> {
    let hasWaited = false;
    for (let pause = 10; ; pause = Math.min(LOOK, 2 * pause)) {
      const result = await FolderLock.#attempt(folder);
      if (result instanceof FolderLock) return result;
      if (result.life === 'alive' && result.isHolder) throw new LockedError(result.holder);
      if (pause === LOOK && !hasWaited) {
        hasWaited = true;
        onWait?.(result.holder);
      }
      // Of several that come at once, one is alone after a while.
      await wait(pause * (0.5 + Math.random()));
    }
  }

  /** Takes the lock unless another process has it, or may have it. */
  static async tryAcquire(folder: string): Promise<FolderLock | undefined> {
    const result = await FolderLock.#attempt(folder);
    return result instanceof FolderLock ? result : undefined;
  }

  static async #attempt(folder: string): Promise<FolderLock | Other> {
    const lock = await FolderLock.#announce(folder);
    try {
      const { alive, dead } = await lookAtOthers(folder, lock.id);
      if (alive !== undefined) {
        lock.release();
        return alive;
      }
      writeFileSync(holdsFile(folder, lock.id), '');
      for (const id of dead) removeEntry(folder, id);
      return lock;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  static async #announce(folder: string): Promise<FolderLock> {
    const id = randomBytes(8).toString('hex');
    for (;;) {
      makeFolder(folder);
      const socket = await listenIn(folder, id);
      const lock = new FolderLock(folder, id, socket);
      const holder: Holder = { host: hostname(), pid: process.pid, machine };
      try {
        const device = socket && deviceOf(folder);
        writeFileSync(lock.entry, JSON.stringify({ ...holder, ...(device !== undefined && { device }) }));
        return lock;
      } catch (error) {
        lock.release();
        // The process before removed the folder just then.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  /** By this file another process can see with `isHeld` whether the lock is still held. */
  get entry(): string {
    return entryFile(this.folder, this.id);
  }

  /** False if a process of another machine has taken over, because this one slept for long. */
  get isHeld(): boolean {
    return isHeld(this.entry);
  }

  /** File operations that fail with `lost` before they change anything, if the lock is not held any more. */
  guard(files: FileSystem, lost: () => Error): FileSystem {
    const check = () => {
      if (!this.isHeld) throw lost();
    };
    return {
      ...files,
      makeFolder: (path) => {
        check();
        files.makeFolder(path);
      },
      open: (path, flags, mode) => {
        if (flags !== 'r') check();
        return files.open(path, flags, mode);
      },
      write: (descriptor, bytes, offset) => {
        check();
        return files.write(descriptor, bytes, offset);
      },
      rename: (from, to) => {
        check();
        files.rename(from, to);
      },
      remove: (path) => {
        check();
        files.remove(path);
      },
    };
  }

  release(): void {
    clearInterval(this.#timer);
    this.socket?.close();
    removeEntry(this.folder, this.id);
    try {
      rmdirSync(this.folder);
    } catch {
      // Others have entries there, or the folder is gone already.
    }
  }
}

export const isHeld = (entry: string): boolean => existsSync(entry);

type Life = 'alive' | 'dead' | 'unknown';

/** Another process that has an entry. */
interface Other {
  readonly holder: Holder | undefined;
  readonly life: Life;
  /** Whether it has the lock; otherwise it is about to look whether it can have it. */
  readonly isHolder: boolean;
}

const ENTRY = /^([0-9a-f]{16})\.process$/;
const entryFile = (folder: string, id: string) => join(folder, `${id}.process`);
const holdsFile = (folder: string, id: string) => join(folder, `${id}.holds`);

function removeEntry(folder: string, id: string): void {
  for (const kind of ['holds', 'process', 'socket']) rmSync(join(folder, `${id}.${kind}`), { force: true });
}

async function lookAtOthers(
  folder: string,
  own: string,
): Promise<{ readonly alive: Other | undefined; readonly dead: readonly string[] }> {
  const ids = readdirSync(folder).flatMap((name) => ENTRY.exec(name)?.slice(1) ?? []);
  const others = await Promise.all(
    ids
      .filter((id) => id !== own)
      .map(async (id) => {
        const holder = readHolder(folder, id);
        const life = await lifeOf(folder, id, holder);
        return { id, holder, life, isHolder: existsSync(holdsFile(folder, id)) };
      }),
  );
  const alive = others.filter(({ life }) => life !== 'dead');
  return {
    alive: alive.find(({ isHolder }) => isHolder) ?? alive.at(0),
    dead: others.filter(({ life }) => life === 'dead').map(({ id }) => id),
  };
}

async function lifeOf(folder: string, id: string, holder: Holder | undefined): Promise<Life> {
  // The same file system mounted twice, over a network for example, does not connect the sockets of the two.
  if (holder?.machine === machine && holder.device === deviceOf(folder)) {
    const answers = await isListening(folder, id);
    if (answers !== undefined) return answers ? 'alive' : 'dead';
  }
  return lifeByTouches(entryFile(folder, id));
}

/** When this process first saw an entry, and how it was touched then: clocks of other machines are not asked. */
const seen = new Map<string, { readonly touched: number; readonly at: number }>();

function lifeByTouches(entry: string): Life {
  const touched = touchedAt(entry);
  const before = seen.get(entry);
  const now = performance.now();
  if (touched === undefined) {
    seen.delete(entry);
    return 'dead';
  }
  if (before?.touched !== touched) seen.set(entry, { touched, at: now });
  if (before === undefined) return 'unknown';
  if (before.touched !== touched) return 'alive';
  return now - before.at > GONE ? 'dead' : 'unknown';
}

/** Undefined if the entry is gone, or is just being written. */
function readHolder(folder: string, id: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(entryFile(folder, id), 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

/** Opens the file: NFS answers from its cache otherwise. */
function touchedAt(file: string): number | undefined {
  try {
    const handle = openSync(file, 'r');
    try {
      return fstatSync(handle).mtimeMs;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The process that has the lock finds out at its next write.
  }
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The running system of this machine, which all of its containers share. */
const machine = bootId() ?? hostname();

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
