/**
 * A disk in memory. Any operation may fail, once or during an outage, and the process may be killed at any of them. What a
 * process sees and what outlives a power failure are kept apart: of a file the content at its last sync, of a folder the
 * names at its last sync, and of what came later a part, in order.
 */
import { dirname } from 'node:path';
import type { FileSystem } from '../../records/host/index.js';
import { diskError, ProcessKilled, type DiskErrorCode, type DiskOperation } from './disk-faults.js';
import type { SimulatedNetwork } from './simulated-network.js';

interface File {
  content: Buffer;
  /** How many of the bytes outlive a power failure. */
  synced: number;
  /** A sync has failed: the system has dropped what it could not write, and later syncs do not tell. */
  hasLostWrites: boolean;
}

type Entry = File | 'folder';

interface NameChange {
  readonly folder: string;
  readonly apply: (names: Map<string, Entry>) => void;
}

/** A disk that is full or read-only, or a process with too many open files. */
interface Outage {
  readonly code: 'ENOSPC' | 'EROFS' | 'EMFILE';
  /** A time: then the operator has given space back. */
  readonly until: number;
}

/** The operations that fail during an outage. A full disk first takes a few more bytes. */
const affected: Readonly<Record<Outage['code'], readonly DiskOperation[]>> = {
  ENOSPC: ['write', 'makeFolder'],
  EROFS: ['write', 'sync', 'rename', 'remove', 'makeFolder'],
  EMFILE: ['open', 'read', 'list'],
};

const OUTAGE_MS = 60_000;

export class SimulatedDisk implements FileSystem {
  #names = new Map<string, Entry>();
  #durable = new Map<string, Entry>();
  #changes: NameChange[] = [];
  readonly #open = new Map<number, { readonly path: string; readonly entry: Entry }>();
  #opened = 0;
  #outage: Outage | undefined;
  /** How many bytes a full disk still takes. */
  #room = 0;
  #isDown = false;
  #isObserved = false;

  constructor(
    readonly network: SimulatedNetwork,
    /** An injected bug: a sync does nothing. */
    readonly ignoresSync = false,
  ) {}

  /** Whether the process was killed; until `end`. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** Kills the process, now and then: its operations do nothing from now on. @throws ProcessKilled */
  mayKill(chance: number): void {
    if (this.#isObserved) return;
    if (!this.#isDown && this.network.happens(chance)) this.#isDown = true;
    if (this.#isDown) throw new ProcessKilled();
  }

  /** The process has ended. Where it was killed, half of the times its machine has lost power. */
  end(): void {
    if (this.#isDown && this.network.happens(0.5)) this.losePower();
    this.#isDown = false;
    this.#open.clear();
    if (this.#outage?.code === 'EMFILE') this.#outage = undefined;
  }

  /** The machine loses what was not synced, but for a part. */
  losePower(): void {
    const kept = Math.floor(this.network.fraction() * (this.#changes.length + 1));
    for (const { apply } of this.#changes.slice(0, kept)) apply(this.#durable);
    this.#changes = [];
    // A name is of no use in a folder that is lost.
    const isThere = (folder: string): boolean =>
      folder === '.' || (this.#durable.get(folder) === 'folder' && isThere(dirname(folder)));
    for (const path of this.#durable.keys()) if (!isThere(dirname(path))) this.#durable.delete(path);
    this.#names = new Map(this.#durable);
    for (const file of this.#names.values()) {
      if (file === 'folder') continue;
      const unsynced = file.content.length - file.synced;
      file.synced += Math.floor(this.network.fraction() * unsynced);
      file.content = file.content.subarray(0, file.synced);
      file.hasLostWrites = false;
    }
  }

  /** The machine is replaced by a new one. */
  replace(): void {
    this.#names.clear();
    this.#durable.clear();
    this.#changes = [];
    this.#outage = undefined;
  }

  /** Reads without faults, and without drawing any. */
  observe<Seen>(look: (files: FileSystem) => Seen): Seen {
    this.#isObserved = true;
    try {
      return look(this);
    } finally {
      this.#isObserved = false;
    }
  }

  get paths(): string[] {
    return [...this.#names.keys()];
  }

  exists(path: string): boolean {
    this.mayKill(0);
    return path === '.' || this.#names.has(path);
  }

  isFolder(path: string): boolean {
    return path === '.' || this.#names.get(path) === 'folder';
  }

  size(path: string): number {
    return this.#contentOf(path)?.length ?? 0;
  }

  read(path: string): Buffer {
    this.#strike('read', path);
    const content = this.#contentOf(path);
    if (content === undefined) throw diskError('ENOENT', 'read', path);
    return Buffer.from(content);
  }

  list(path: string): string[] {
    this.#strike('list', path);
    if (!this.isFolder(path)) throw diskError('ENOENT', 'list', path);
    return this.#within(path).map((inner) => inner.slice(inner.lastIndexOf('/') + 1));
  }

  makeFolder(path: string): void {
    this.#strike('makeFolder', path);
    if (this.exists(path)) throw diskError('EEXIST', 'makeFolder', path);
    this.#create('makeFolder', path, 'folder');
  }

  open(path: string, flags: 'r' | 'w' | 'a'): number {
    this.#strike('open', path);
    if (flags !== 'r' && this.#isOut('EROFS')) throw this.#fault('EROFS', 'open', path);
    if (!this.exists(path)) {
      if (flags === 'r') throw diskError('ENOENT', 'open', path);
      this.#create('open', path, { content: Buffer.alloc(0), synced: 0, hasLostWrites: false });
    }
    const entry = this.#names.get(path) ?? 'folder';
    if (flags === 'w' && entry !== 'folder') Object.assign(entry, { content: Buffer.alloc(0), synced: 0 });
    this.#open.set(++this.#opened, { path, entry });
    return this.#opened;
  }

  write(descriptor: number, bytes: Uint8Array, offset: number): number {
    const { path, entry } = this.#descriptor(descriptor, 'write');
    if (entry === 'folder') throw diskError('EISDIR', 'write', path);
    const rest = bytes.subarray(offset);
    const append = (length: number) => {
      entry.content = Buffer.concat([entry.content, rest.subarray(0, length)]);
      return length;
    };
    // A process that is killed meanwhile has written a part; any other write may write a part, too.
    const part = Math.floor(this.network.fraction() * rest.length);
    try {
      this.#strike('write', path);
    } catch (error) {
      if (error instanceof ProcessKilled) append(part);
      throw error;
    }
    if (this.#isOut('ENOSPC')) {
      const length = Math.min(rest.length, this.#room);
      this.#room -= length;
      return append(length);
    }
    return append(part > 0 && this.network.happens(this.network.rates.disk) ? part : rest.length);
  }

  sync(descriptor: number): void {
    const { path, entry } = this.#descriptor(descriptor, 'sync');
    try {
      this.#strike('sync', path);
    } catch (error) {
      if (entry !== 'folder') entry.hasLostWrites = true;
      throw error;
    }
    if (this.ignoresSync) return;
    if (entry === 'folder') {
      for (const change of this.#changes) if (change.folder === path) change.apply(this.#durable);
      this.#changes = this.#changes.filter(({ folder }) => folder !== path);
    } else if (!entry.hasLostWrites) entry.synced = entry.content.length;
  }

  close(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  rename(from: string, to: string): void {
    this.#strike('rename', to);
    const entry = this.#names.get(from);
    if (entry === undefined) throw diskError('ENOENT', 'rename', from);
    this.#free(to);
    this.#change(dirname(to), (names) => {
      names.set(to, entry);
      names.delete(from);
    });
  }

  remove(path: string): void {
    if (!this.exists(path)) return;
    for (const inner of this.#within(path)) this.remove(inner);
    this.#strike('remove', path);
    this.#free(path);
    this.#change(dirname(path), (names) => names.delete(path));
  }

  #contentOf(path: string): Buffer | undefined {
    const entry = this.#names.get(path);
    return entry === 'folder' ? undefined : entry?.content;
  }

  /** Which paths are directly in a folder. */
  #within(folder: string): string[] {
    return this.paths.filter((path) => dirname(path) === folder);
  }

  #descriptor(descriptor: number, operation: DiskOperation) {
    this.mayKill(0);
    const open = this.#open.get(descriptor);
    if (open === undefined) throw diskError('EBADF', operation, `descriptor ${descriptor}`);
    return open;
  }

  #create(operation: DiskOperation, path: string, entry: Entry): void {
    if (!this.isFolder(dirname(path))) throw diskError('ENOENT', operation, path);
    this.#change(dirname(path), (names) => names.set(path, entry));
  }

  #change(folder: string, apply: NameChange['apply']): void {
    apply(this.#names);
    this.#changes.push({ folder, apply });
  }

  /** A file that goes, or whose name another takes, leaves room. */
  #free(path: string): void {
    this.#room += this.size(path);
  }

  #isOut(code: Outage['code']): boolean {
    const { now, rates } = this.network;
    return this.#outage?.code === code && now < Math.min(this.#outage.until, rates.clearsAt);
  }

  /** Before an operation has done anything. @throws ProcessKilled, or an error where it fails */
  #strike(operation: DiskOperation, path: string): void {
    if (this.#isObserved) return;
    const { network } = this;
    this.mayKill(network.rates.crash / 4);
    if (network.happens(network.rates.disk)) {
      const kind = network.fraction();
      if (kind < 0.4) throw this.#fault('EIO', operation, path);
      const code = kind < 0.7 ? 'ENOSPC' : kind < 0.85 ? 'EROFS' : 'EMFILE';
      this.#outage = { code, until: network.now + network.delay(OUTAGE_MS) };
      this.#room = Math.floor(network.fraction() * 500);
    }
    const code = this.#outage?.code;
    if (code === undefined || !this.#isOut(code) || !affected[code].includes(operation)) return;
    if (code === 'ENOSPC' && operation === 'write' && this.#room > 0) return;
    throw this.#fault(code, operation, path);
  }

  #fault(code: DiskErrorCode, operation: DiskOperation, path: string): Error {
    const { diskFaults } = this.network.counts;
    diskFaults.set(operation, (diskFaults.get(operation) ?? 0) + 1);
    return diskError(code, operation, path);
  }
}
