/** Runs the real command in a child process, as a user would. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const mainFile = fileURLToPath(new URL('../../../bundle/main.js', import.meta.url));

export interface Finished {
  /** The exit code; none where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MurmurOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node.js that runs it; default: this one. */
  readonly node?: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** What a test that failed left running ends with the tests. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startMurmur(args: readonly string[], options: MurmurOptions = {}): Running {
  return startProgram(options.node ?? process.execPath, [mainFile, ...args], options);
}

export function startProgram(
  program: string,
  args: readonly string[],
  { cwd, env }: Omit<MurmurOptions, 'node'> = {},
): Running {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const finished = new Promise<Finished>((resolve, reject) => {
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (part: Buffer) => (said.stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, ...said });
    });
  });
  return { child, finished };
}

export const murmur = (args: readonly string[], options: MurmurOptions = {}) =>
  startMurmur(args, options).finished;

export const run = (program: string, args: readonly string[], options: Omit<MurmurOptions, 'node'> = {}) =>
  startProgram(program, args, options).finished;

/** Resolves once a command has said something on its standard output, or has ended. */
export async function said({ child, finished }: Running, text: string): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    let all = '';
    child.stdout?.on('data', (part: Buffer) => {
      all += part.toString();
      if (all.includes(text)) resolve();
    });
  });
  await Promise.race([heard, finished]);
}
