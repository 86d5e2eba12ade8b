/**
 * Many light workers on one coordinator: a thousand, each with one client of a model of 1 MB, that answer without
 * training; in turns with a bare server of `ws` that sends the same bytes back. And ten thousand idle workers, held.
 * All of it is on this machine, so the workers' side shares its processors, and the echo's clients do too.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quantile } from '../numerics/index.js';
import { printTable, say, type BenchOptions, type Part } from './part.js';

const cli = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));
const main = fileURLToPath(new URL('./load-main.js', import.meta.url));
const WORKERS = 1000;
const IDLE = 10_000;
/** Longer than the time-out of heartbeats: who is there after it is held. */
const IDLE_SECONDS = 30;
/** Processes that hold the workers' sockets. */
const HOSTS = 2;
const PORT = '17400';

/** The 784 × 314 × 10 weights of a model of 1 MB. */
const HIDDEN = 314;
const BYTES = 4 * (785 * HIDDEN + (HIDDEN + 1) * 10);

const recipe = (clients: number, hidden: number, rounds: number) => `
name: load
data: { dataset: mnist, partition: { kind: iid, clients: ${clients} } }
model: { kind: mlp, hidden: [${hidden}] }
algorithm: { kind: fedavg, fraction: 1, batchSize: all }
rounds: ${rounds}
evaluate: { every: ${rounds}, on: [test] }
checkpoint: { seconds: 1000 }
`;

export const load: Part = {
  name: 'load',
  summary: `${WORKERS} light workers on one coordinator with a model of 1 MB, against an echo; ${IDLE} idle ones`,
  async run({ rounds = 6, turns }: BenchOptions) {
    const folder = mkdtempSync(join(tmpdir(), 'murmuration-load-'));
    try {
      const real: Timing[] = [];
      const bare: Timing[] = [];
      for (let turn = 0; turn < turns; turn++) {
        real.push(await timeRounds(folder, `${turn}`, rounds));
        bare.push(await timeEcho(rounds));
      }
      print(rounds, turns, real, bare);
      await holdIdle(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** @property seconds of each round but the first, in which workers join; `busy` is the server's processor time in one */
interface Timing {
  readonly seconds: readonly number[];
  readonly busy: number;
  readonly peakMiB: number;
}

function print(rounds: number, turns: number, real: readonly Timing[], bare: readonly Timing[]): void {
  const megabytes = (2 * WORKERS * BYTES) / 1e6;
  const median = (timings: readonly Timing[]) =>
    quantile(
      timings.flatMap(({ seconds }) => seconds),
      0.5,
    );
  const row = (name: string, timings: readonly Timing[]) => [
    name,
    (60 / median(timings)).toFixed(1),
    (megabytes / median(timings)).toFixed(0),
    (median(bare) / median(timings)).toFixed(2),
    quantile(
      timings.map(({ busy }) => busy),
      0.5,
    ).toFixed(2),
    Math.max(...timings.map(({ peakMiB }) => peakMiB)).toFixed(0),
  ];
  say(`  ${turns} × ${rounds - 1} rounds of ${megabytes.toFixed(0)} MB, both ways together`);
  printTable(
    ['', 'rounds a minute', 'MB/s', 'against the echo', 'processor s/round', 'peak MiB'],
    [row('the echo', bare), row('the coordinator', real)],
  );
}

async function timeRounds(folder: string, name: string, rounds: number): Promise<Timing> {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, recipe(WORKERS, HIDDEN, rounds));
  const server = serve(file, WORKERS, join(folder, name));
  const workers: Child[] = [];
  const seconds: number[] = [];
  let before: number | undefined;
  let [peakMiB, first, last] = [0, 0, 0];
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes('listening on')) workers.push(...startHosts('workers', WORKERS, file));
    if (!line.includes('"msg":"round"')) continue;
    const now = performance.now();
    last = processorSeconds(server);
    if (before === undefined) first = last;
    else seconds.push((now - before) / 1000);
    before = now;
    peakMiB = memoryOf(server, 'VmHWM');
  }
  for (const worker of workers) worker.kill();
  return { seconds, busy: (last - first) / seconds.length, peakMiB };
}

async function timeEcho(rounds: number): Promise<Timing> {
  const server = start(main, 'echo-server', PORT);
  await firstLine(server);
  const hosts = startHosts('echo', WORKERS, `${BYTES}`);
  const lines = hosts.map((host) => createInterface({ input: host.stdout })[Symbol.asyncIterator]());
  const all = () => Promise.all(lines.map((each) => each.next()));
  await all();
  const seconds: number[] = [];
  let first = 0;
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    for (const host of hosts) host.stdin.write('go\n');
    await all();
    if (round === 0) first = processorSeconds(server);
    else seconds.push((performance.now() - before) / 1000);
  }
  const busy = (processorSeconds(server) - first) / seconds.length;
  const peakMiB = memoryOf(server, 'VmHWM');
  for (const child of [...hosts, server]) child.kill();
  return { seconds, busy, peakMiB };
}

/** Workers that are ready, while the round waits for a client that never comes. */
async function holdIdle(folder: string): Promise<void> {
  const file = join(folder, 'idle.yaml');
  writeFileSync(file, recipe(IDLE + 1, 1, 1));
  const server = serve(file, IDLE + 1, join(folder, 'idle'));
  await new Promise<void>((resolve) => {
    server.stderr.on('data', (data: Buffer) => {
      if (data.includes('listening on')) resolve();
    });
  });
  const before = memoryOf(server, 'VmRSS');
  const started = performance.now();
  const hosts = startHosts('workers', IDLE, file);
  await Promise.all(hosts.map(firstLine));
  const joined = (performance.now() - started) / 1000;
  const busy = processorSeconds(server);
  await setTimeout(IDLE_SECONDS * 1000);
  const share = (processorSeconds(server) - busy) / IDLE_SECONDS;
  const health = (await (await fetch(`http://127.0.0.1:${PORT}/healthz`)).json()) as { workers: number };
  const each = ((memoryOf(server, 'VmRSS') - before) * 1024) / IDLE;
  say(
    `  ${health.workers} idle workers were held for ${IDLE_SECONDS} s; they joined in ${joined.toFixed(0)} s`,
  );
  say(
    `  the coordinator: ${each.toFixed(0)} KiB for each, ${memoryOf(server, 'VmHWM').toFixed(0)} MiB at most; their signs of life take ${(100 * share).toFixed(0)} % of a processor`,
  );
  for (const child of [...hosts, server]) child.kill('SIGKILL');
}

type Child = ReturnType<typeof start>;

const serve = (file: string, workers: number, out: string) =>
  start(cli, 'serve', file, '--port', PORT, '--workers', `${workers}`, '--out', out);

const startHosts = (role: string, sockets: number, subject: string) =>
  Array.from({ length: HOSTS }, () => start(main, role, PORT, `${sockets / HOSTS}`, subject));

/** @throws Error, out of any place, where it ends by itself and not well */
function start(script: string, ...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
  child.once('exit', (code) => {
    if (code !== null && code !== 0)
      throw new Error(`${script} ${args.join(' ')} ended with ${code}: ${said}`);
  });
  return child;
}

async function firstLine(child: Child): Promise<void> {
  await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
}

/** In MiB, where the system tells: VmRSS now, VmHWM the most so far. */
function memoryOf({ pid = 0 }: Child, what: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(told(pid, 'status'))?.[1]) / 1024;
}

/** Seconds that the processors have worked for a process, in hundredths; proc(5), fields 14 and 15 of stat. */
function processorSeconds({ pid = 0 }: Child): number {
  const fields = told(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function told(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
