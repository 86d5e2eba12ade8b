/** What tests of real coordinators and workers share: a federation that trains in a second or two, and processes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startMurmur, type Running } from './murmur.js';

/** Six clients of a small generated data set, of whom three take part in a round. */
export const tinyRecipe = (fields: Readonly<Record<string, unknown>> = {}) =>
  stringify({
    name: 'tiny',
    seed: 3,
    data: { dataset: { kind: 'synthetic', clients: 6, dimension: 20 }, partition: 'natural' },
    model: { kind: 'mlp', hidden: [8] },
    algorithm: { kind: 'fedavg', fraction: 0.5, amount: { epochs: 2 }, batchSize: 10 },
    rounds: 4,
    ...fields,
  });

/** A coordinator that says on which port it listens. */
export function startServer(recipe: string, out: string, ...more: string[]): Running {
  return startMurmur(['serve', recipe, '--out', out, ...more]);
}

export const startWorker = (port: number, state: string, ...more: string[]) =>
  startMurmur(['join', `ws://127.0.0.1:${port}`, '--threads', '1', '--state', state, ...more]);

/** Resolves once the run in a directory has finished so many rounds. @throws where one of these processes ends */
export async function afterRounds(
  directory: string,
  rounds: number,
  ...processes: readonly Running[]
): Promise<void> {
  const ended = processes.map(({ finished }) =>
    finished.then(({ code, signal, stderr }) => {
      throw new Error(`a process ended with ${code ?? signal}: ${stderr.slice(-2000)}`);
    }),
  );
  await Promise.race([...ended, roundsIn(directory, rounds)]);
}

async function roundsIn(directory: string, rounds: number): Promise<void> {
  const file = join(directory, 'metrics.jsonl');
  const count = () => (existsSync(file) ? readFileSync(file, 'utf8').split('"type":"round"').length - 1 : 0);
  while (count() < rounds) await setTimeout(5, undefined, { ref: false });
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
