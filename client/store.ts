/** What a worker keeps on disk: who it is in which run, and its clients' states. A folder is one worker's at a time. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { removeDurably, SECRET, writeAtomically } from '../runs/index.js';
import type { Identity, StoredState } from './events.js';

export class WorkerStore {
  #identity: Identity | undefined;

  private constructor(readonly path: string) {
    const latest = join(path, 'identity.json');
    if (existsSync(latest)) this.#identity = JSON.parse(readFileSync(latest, 'utf8')) as Identity;
  }

  /**
   * Opens a folder, made where it is missing.
   * @throws Error where another process has it
   */
  static open(path: string): WorkerStore {
    const holder = claim(path);
    if (holder !== undefined) {
      throw new Error(
        `${path} is in use by the worker with the process id ${holder}: give this one another --state`,
      );
    }
    return new WorkerStore(path);
  }

  /** The first of PATH-1, PATH-2, … that no process has: a worker that is started again finds what it kept. */
  static openFirstFree(path: string): WorkerStore {
    for (let n = 1; ; n++) {
      const numbered = `${path}-${n}`;
      if (claim(numbered) === undefined) return new WorkerStore(numbered);
    }
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  states(): StoredState[] {
    const folder = this.#states();
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      const match = /^(\d+)-(\d+)\.bin$/.exec(name);
      if (!match) return [];
      const state: unknown = deserialize(readFileSync(join(folder, name)));
      return [{ client: Number(match[1]), exchange: Number(match[2]), state }];
    });
  }

  /** What was kept of another run stays, but is not asked for any more. */
  writeIdentity(identity: Identity): void {
    this.#identity = identity;
    writeAtomically(join(this.path, 'identity.json'), `${JSON.stringify(identity)}\n`, SECRET);
    mkdirSync(this.#states() ?? this.path, { recursive: true });
  }

  writeState({ client, exchange, state }: StoredState): void {
    const folder = this.#states();
    if (folder !== undefined) writeAtomically(join(folder, `${client}-${exchange}.bin`), serialize(state));
  }

  forgetState(client: number, exchange: number): void {
    const folder = this.#states();
    if (folder !== undefined) rmSync(join(folder, `${client}-${exchange}.bin`), { force: true });
  }

  /** Of gossip nodes: after which rounds they were kept. */
  rounds(): number[] {
    const folder = this.#states();
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      const match = /^nodes-(\d+)\.bin$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
  }

  readNodes(round: number): unknown {
    return deserialize(readFileSync(this.#nodes(round)));
  }

  writeNodes(round: number, nodes: unknown, done: () => void): void {
    writeAtomically(this.#nodes(round), serialize(nodes));
    done();
  }

  forgetRounds(before: number): void {
    for (const round of this.rounds()) if (round < before) rmSync(this.#nodes(round), { force: true });
  }

  dropRounds(after: number, done: () => void): void {
    for (const round of this.rounds()) if (round > after) removeDurably(this.#nodes(round));
    done();
  }

  #nodes(round: number): string {
    return join(this.#states() ?? this.path, `nodes-${round}.bin`);
  }

  /** The run is over: nothing of it will be asked for again. First of all, and for good, who the worker was. */
  forgetRun(): void {
    removeDurably(join(this.path, 'identity.json'));
    const folder = this.#states();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }

  close(): void {
    rmSync(join(this.path, 'lock'), { force: true });
  }

  #states(): string | undefined {
    return this.#identity && join(this.path, this.#identity.run);
  }
}

/** Makes a folder this process's. @returns the process that has it already */
function claim(path: string): number | undefined {
  mkdirSync(path, { recursive: true });
  const lock = join(path, 'lock');
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if (!existsSync(lock)) throw error;
    }
    const holder = Number(readFileSync(lock, 'utf8'));
    if (holder > 0 && isAlive(holder)) return holder;
    rmSync(lock, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
