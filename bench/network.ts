/**
 * The cost of being real: the standard job F by `murmur launch` with two worker processes, in turns with
 * `murmur simulate` on two threads. Both are the real command; both evaluate after the last round only, and must end
 * in the same bits.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { quantile } from '../numerics/index.js';
import { writeRecipe } from '../recipe/index.js';
import type { RunEvent, RunRecord } from '../records/index.js';
import { standardJob } from './fedavg.js';
import { printTable, say, type BenchOptions, type Part } from './part.js';

const main = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));

const contenders = [
  { name: 'simulate, 2 threads', args: ['simulate', '--threads', '2'] },
  { name: 'launch, 2 workers', args: ['launch', '--workers', '2', '--threads', '1'] },
];

/** Seconds: from one round to the next, and of the whole command with all its starting and reporting. */
interface Timing {
  readonly rounds: readonly number[];
  readonly whole: number;
  readonly weightsSha256: string;
}

export const network: Part = {
  name: 'network',
  summary: 'job F by a coordinator and two workers over WebSockets, against the simulator on two threads',
  async run({ rounds = 100, turns }: BenchOptions) {
    const folder = mkdtempSync(join(tmpdir(), 'murmuration-bench-'));
    try {
      const recipe = join(folder, 'recipe.yaml');
      writeFileSync(recipe, writeRecipe(standardJob('mnist', 'iid', rounds)));
      const timings = contenders.map((): Timing[] => []);
      for (let turn = 0; turn < turns; turn++) {
        for (const [
          i,
          {
            args: [command, ...options],
          },
        ] of contenders.entries()) {
          const out = join(folder, `${turn}-${i}`);
          timings[i].push(await time([command, recipe, ...options, '--json', '--out', out]));
        }
      }
      print(rounds, turns, timings);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function time(args: readonly string[]): Promise<Timing> {
  const started = performance.now();
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const rounds: number[] = [];
  let before: number | undefined;
  let weightsSha256 = '';
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as RunEvent | ({ readonly type: 'finished' } & RunRecord);
    if (event.type === 'finished') ({ weightsSha256 } = event);
    if (event.type !== 'round') continue;
    const now = performance.now();
    if (before !== undefined) rounds.push((now - before) / 1000);
    before = now;
  }
  const code = await ended;
  if (code !== 0) throw new Error(`murmur ${args.join(' ')} ended with ${code}`);
  return { rounds, whole: (performance.now() - started) / 1000, weightsSha256 };
}

function print(rounds: number, turns: number, timings: readonly (readonly Timing[])[]): void {
  const digests = new Set(timings.flat().map(({ weightsSha256 }) => weightsSha256));
  say(
    `  ${turns} × ${rounds} rounds; ${digests.size === 1 ? 'the same bits each time' : 'NOT THE SAME BITS'}`,
  );
  const perRound = timings.map((turn) =>
    quantile(
      turn.flatMap((timing) => timing.rounds),
      0.5,
    ),
  );
  const whole = timings.map((turn) =>
    quantile(
      turn.map((timing) => timing.whole),
      0.5,
    ),
  );
  const rows = contenders.map(({ name }, i) => [
    name,
    (1000 * perRound[i]).toFixed(1),
    (perRound[i] / perRound[0]).toFixed(2),
    whole[i].toFixed(1),
    (whole[i] / whole[0]).toFixed(2),
  ]);
  printTable(['', 'ms/round', 'against simulate', 's in all', 'against simulate'], rows);
}
