/** What a worker keeps on disk: who it is in which run, and its clients' states. A folder is one worker's at a time. */
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import {
  describeHolder,
  describeWait,
  FolderLock,
  LockedError,
  makeFolder,
  nodeFileSystem,
  removeDurably,
  removeUnfinished,
  SECRET,
  syncFolder,
  writeAtomically,
  type FileSystem,
  type OnWait,
} from '../../records/host/index.js';
import type { Identity, StoredState } from '../index.js';

export class WorkerStore {
  #identity: Identity | undefined;

  /**
   * What a folder holds that exists and is this process's.
   * @param files where the folder is
   */
  constructor(
    readonly path: string,
    readonly files: FileSystem = nodeFileSystem,
    readonly lock?: FolderLock,
  ) {
    this.#tidy(path);
    const latest = this.#identityFile;
    if (!files.exists(latest)) return;
    this.#identity = JSON.parse(files.read(latest).toString()) as Identity;
    const states = this.#states();
    if (states !== undefined && files.exists(states)) this.#tidy(states);
  }

  /**
   * Opens a folder, made where it is missing. It is this process's until `close`.
   * @param onWait called if it takes a while to find out whether a worker on another machine still uses the folder
   * @throws Error if another process uses it
   */
  static async open(path: string, onWait?: OnWait): Promise<WorkerStore> {
    const store = await WorkerStore.#openUnlessLocked(path, onWait);
    if (!(store instanceof LockedError)) return store;
    throw new Error(
      `${path} is in use by ${describeHolder(store.holder)}: stop that worker, or give this one another --state`,
    );
  }

  /** The first of PATH-1, PATH-2, … that no process uses: a worker that is started again finds its own. */
  static async openFirstFree(path: string, onWait?: OnWait): Promise<WorkerStore> {
    for (let n = 1; ; n++) {
      const store = await WorkerStore.#openUnlessLocked(`${path}-${n}`, onWait);
      if (store instanceof WorkerStore) return store;
    }
  }

  static async #openUnlessLocked(
    path: string,
    onWait: OnWait | undefined,
  ): Promise<WorkerStore | LockedError> {
    try {
      const lock = await FolderLock.acquire(join(path, 'in-use'), (holder) => {
        onWait?.(describeWait(path, holder));
      });
      return new WorkerStore(path, lock.guard(nodeFileSystem, lost(path)), lock);
    } catch (error) {
      if (error instanceof LockedError) return error;
      throw error;
    }
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  states(): StoredState[] {
    return this.#kept(/^(\d+)-(\d+)\.bin$/).map(({ file, numbers: [client, round] }) => {
      const state: unknown = deserialize(this.files.read(file));
      return { client, round, state };
    });
  }

  /** What was kept of another run stays, but is not asked for any more. */
  writeIdentity(identity: Identity): void {
    this.#identity = identity;
    // The folder must exist before the identity does.
    makeFolder(this.#states() ?? this.path, this.files);
    writeAtomically(this.#identityFile, `${JSON.stringify(identity)}\n`, SECRET, this.files);
  }

  writeState({ client, round, state }: StoredState): void {
    const folder = this.#states();
    if (folder !== undefined) this.#write(join(folder, `${client}-${round}.bin`), state);
  }

  forgetState(client: number, round: number): void {
    const folder = this.#states();
    if (folder !== undefined) this.files.remove(join(folder, `${client}-${round}.bin`));
  }

  /** Of gossip nodes: after which rounds they were kept. */
  rounds(): number[] {
    return this.#kept(/^nodes-(\d+)\.bin$/).flatMap(({ numbers }) => numbers);
  }

  readNodes(round: number): unknown {
    return deserialize(this.files.read(this.#nodes(round)));
  }

  writeNodes(round: number, nodes: unknown, done: () => void): void {
    this.#write(this.#nodes(round), nodes);
    done();
  }

  forgetRounds(before: number): void {
    for (const round of this.rounds()) if (round < before) this.files.remove(this.#nodes(round));
  }

  dropRounds(after: number, done: () => void): void {
    for (const round of this.rounds()) if (round > after) removeDurably(this.#nodes(round), this.files);
    done();
  }

  #nodes(round: number): string {
    return join(this.#states() ?? this.path, `nodes-${round}.bin`);
  }

  /** The run is over: nothing of it will be asked for again. First of all, and for good, who the worker was. */
  forgetRun(): void {
    removeDurably(this.#identityFile, this.files);
    const folder = this.#states();
    if (folder !== undefined) this.files.remove(folder);
  }

  close(): void {
    this.lock?.release();
  }

  #write(file: string, value: unknown): void {
    writeAtomically(file, serialize(value), undefined, this.files);
  }

  get #identityFile(): string {
    return join(this.path, 'identity.json');
  }

  #states(): string | undefined {
    return this.#identity && join(this.path, this.#identity.run);
  }

  /** The files of the run whose names match, with the numbers in these. */
  #kept(name: RegExp): { file: string; numbers: number[] }[] {
    const folder = this.#states();
    if (folder === undefined || !this.files.exists(folder)) return [];
    return this.files.list(folder).flatMap((entry) => {
      const match = name.exec(entry);
      return match ? [{ file: join(folder, entry), numbers: match.slice(1).map(Number) }] : [];
    });
  }

  /** What a kill left behind: files that it cut short, and changes of names that are not durable yet. */
  #tidy(folder: string): void {
    removeUnfinished(folder, this.files);
    syncFolder(folder, this.files);
  }
}

const lost = (path: string) => () =>
  new Error(
    `${path} was taken over by another worker while this one did not run for more than half a minute; it ends here`,
  );
