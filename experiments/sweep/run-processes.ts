/** Does single runs, each in a process of its own, with a lock beside its directory. */
import { fork, type ChildProcess } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dependencies, Recipe } from '../../recipe/index.js';
import { FolderLock, readRecord } from '../../records/host/index.js';
import type { RunRecord } from '../../records/index.js';
import type { Memory } from './memory.js';
import type { FromRun, RunTask, ToRun } from './messages.js';

export type Outcome =
  | { readonly kind: 'finished'; readonly record: RunRecord }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'stopped' }
  /** Somebody else works on it. */
  | { readonly kind: 'held' };

export interface Assignment {
  readonly recipe: Recipe;
  /** What the result is to depend on; the run is refused where it is otherwise when it begins. */
  readonly dependencies: Dependencies;
  readonly directory: string;
  readonly threads: number;
}

export interface CrewOptions {
  readonly memory: Memory;
  readonly plugins: readonly string[];
  /** Ends the runs under way with a checkpoint. */
  readonly signal: AbortSignal;
}

export type OnProgress = (progress: {
  readonly round: number;
  readonly rounds: number;
  readonly accuracy?: number;
}) => void;

/** The record of a run that is finished. */
export const finishedRecord = (directory: string): RunRecord | undefined =>
  existsSync(join(directory, 'run.json')) ? readRecord(directory) : undefined;

export class RunProcesses {
  constructor(readonly options: CrewOptions) {
    // Every run under way listens, and a large machine has many.
    setMaxListeners(0, options.signal);
  }

  /** Does a run, or what is missing of it. */
  async run(assignment: Assignment, onProgress: OnProgress): Promise<Outcome> {
    mkdirSync(dirname(assignment.directory), { recursive: true });
    const lock = await FolderLock.tryAcquire(`${assignment.directory}.in-use`);
    if (lock === undefined) return { kind: 'held' };
    try {
      const record = finishedRecord(assignment.directory);
      return record ? { kind: 'finished', record } : await this.#perform(assignment, lock, onProgress);
    } finally {
      lock.release();
    }
  }

  async #perform(assignment: Assignment, lock: FolderLock, onProgress: OnProgress): Promise<Outcome> {
    const { memory, plugins, signal } = this.options;
    const task: RunTask = { ...assignment, plugins, lock: lock.entry };
    const child = fork(runProgram, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced' });
    const tell = (message: ToRun) => {
      if (child.connected) child.send(message);
    };
    const stop = () => {
      tell({ type: 'stop' });
    };
    signal.addEventListener('abort', stop);
    let leave: Promise<() => void> | undefined;
    const { rounds } = assignment.recipe;
    try {
      return await outcomeOf(
        child,
        (message) => {
          if (message.type === 'ready') {
            leave = memory.admit(message.memoryMiB);
            void leave.then(() => {
              tell({ type: 'go' });
              onProgress({ round: 0, rounds });
            });
          } else if (message.type === 'progress') onProgress({ ...message, rounds });
        },
        () => {
          tell({ type: 'run', ...task });
          if (signal.aborted) stop();
        },
      );
    } finally {
      signal.removeEventListener('abort', stop);
      void leave?.then((free) => {
        free();
      });
    }
  }
}

const runProgram = fileURLToPath(new URL('./run-process.js', import.meta.url));

/** How much of what a process said before it died is shown. */
const LAST_WORDS = 2000;

/** Resolves when the process has ended, with the last that it told. */
function outcomeOf(
  child: ChildProcess,
  onMessage: (message: FromRun) => void,
  onSpawn: () => void,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  let lastWords = '';
  child.stderr?.on('data', (part: Buffer) => {
    lastWords = (lastWords + part.toString()).slice(-LAST_WORDS);
  });
  child.on('message', (message: FromRun) => {
    if (message.type === 'finished') outcome = { kind: 'finished', record: message.record };
    else if (message.type === 'failed') outcome = { kind: 'failed', message: message.message };
    else if (message.type === 'stopped') outcome = { kind: 'stopped' };
    else if (message.type === 'lost') outcome = { kind: 'held' };
    else onMessage(message);
  });
  return new Promise((resolve) => {
    child.on('spawn', onSpawn);
    child.on('error', (error) => {
      resolve({ kind: 'failed', message: `its process could not be started: ${error.message}` });
    });
    child.on('close', (code, signal) => {
      resolve(outcome ?? { kind: 'failed', message: died(code, signal, lastWords) });
    });
  });
}

function died(code: number | null, signal: NodeJS.Signals | null, lastWords: string): string {
  const how =
    signal === null
      ? `ended with code ${String(code)}`
      : `was ended by ${signal}${signal === 'SIGKILL' ? ', perhaps for want of memory' : ''}`;
  return `its process ${how}${lastWords === '' ? '' : `: ${lastWords.trim()}`}`;
}
