/** The worker processes of `murmur launch`: started, restarted when they are lost, and reported when one has ended for good. */
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode } from './exit-codes.js';

export interface WorkerProcessesOptions {
  /** For their logs and states. */
  readonly folder: string;
  readonly workers: number;
  readonly clients: number;
  readonly threads: number | undefined;
  readonly plugins: readonly string[];
  readonly token: string;
  /** Whether they listen for each other. */
  readonly areListening: boolean;
  /** A worker has ended and is not restarted. @param left how many still run */
  readonly lost: (error: WorkerLostError, left: number) => void;
}

/** A worker process has ended before the run did, and restarting it does not help. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';

  /** @param code what the process exited with */
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

const main = fileURLToPath(new URL('./main.js', import.meta.url));

/** A worker that was killed or crashed is restarted so often. */
const RESTARTS = 5;

/**
 * A full disk stays full, and training diverges again. A worker that was refused is restarted once: one whose clients were all dropped then stays
 * until the run is over.
 */
const restartsAfter = (code: number | null): number =>
  code === exitCode.inputOutput || code === exitCode.diverged ? 0 : code === exitCode.badInput ? 1 : RESTARTS;

export class WorkerProcesses {
  readonly #processes: ChildProcess[] = [];
  #left: number;
  #isOver = false;

  constructor(readonly options: WorkerProcessesOptions) {
    this.#left = options.workers;
  }

  start(url: string): void {
    for (let index = 0; index < this.options.workers; index++) this.#spawn(index, url, 0);
  }

  end(): void {
    this.#isOver = true;
    for (const child of this.#processes) child.kill('SIGTERM');
  }

  #spawn(index: number, url: string, restarts: number): void {
    const { folder, workers, clients, plugins, token, areListening } = this.options;
    const bound = (part: number) => Math.floor((part * clients) / workers);
    const threads = this.options.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
    const state = join(folder, `${index}`);
    const numbers = `${bound(index)}-${bound(index + 1) - 1}`;
    const args = ['--clients', numbers, '--threads', `${threads}`, '--state', state];
    args.push(...plugins.flatMap((file) => ['--plugin', file]));
    if (areListening) args.push('--listen', '127.0.0.1:0');
    const log = openSync(`${state}.log`, 'a');
    const child = fork(main, ['join', url, ...args], {
      env: { ...process.env, MURMUR_TOKEN: token, MURMUR_KEY: undefined },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#processes[index] = child;
    child.once('exit', (code, signal) => {
      if (this.#isOver || code === 0) return;
      if (restarts < restartsAfter(code)) this.#spawn(index, url, restarts + 1);
      else this.#lost(index, `${state}.log`, code ?? exitCode.failure, signal);
    });
  }

  #lost(index: number, log: string, code: number, signal: NodeJS.Signals | null): void {
    this.#left--;
    const why = lastSentence(log) ?? (signal === null ? `exit code ${code}` : `killed by ${signal}`);
    const message = `worker ${index + 1} of ${this.options.workers} has ended: ${why} (its log is ${log})`;
    this.options.lost(new WorkerLostError(message, code), this.#left);
  }
}

/** What a command said last of why it ends. */
function lastSentence(log: string): string | undefined {
  const text = `\n${readFileSync(log, 'utf8')}`;
  const begin = text.lastIndexOf('\nmurmur: ');
  return begin < 0 ? undefined : text.slice(begin + '\nmurmur: '.length).trim();
}
