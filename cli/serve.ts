/** `murmur serve RECIPE`: coordinates a federation whose workers connect over WebSockets (murmur join). */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { UserError } from '../errors/index.js';
import { loadPlugins, readRecipe } from '../recipe/index.js';
import { parseKeys, type ClientKey } from '../server/index.js';
import { serve } from '../server/host/index.js';
import { describeStart } from '../simulator/index.js';
import { withAdvice } from './advice.js';
import { letHeapGrow } from './garbage.js';
import { interruption, logger, tlsOf } from './network-options.js';
import { readToken, tokenOption } from './tokens.js';
import { kernelsOption } from './native.js';
import {
  overrides,
  pluginOption,
  positiveNumber,
  redoOption,
  portNumber,
  setOption,
  wholeNumber,
  type Assignments,
} from './options.js';
import { printServed } from './served.js';

interface Options {
  readonly set: Assignments;
  readonly seed?: number;
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly keys?: string;
  readonly workers: number;
  readonly threads: number;
  readonly out?: string;
  readonly resume?: true;
  readonly redo?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly origin?: readonly string[];
  readonly plugin: readonly string[];
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('Coordinate a federation; workers connect with murmur join. Ends in the bits of simulate.')
    .argument('<recipe>', 'a recipe (YAML)')
    .addOption(setOption())
    .option('--seed <n>', "the seed, instead of the recipe's", wholeNumber)
    .option('--port <n>', 'the port to listen on; 0 for any', portNumber, 7400)
    .option('--host <address>', 'the address to listen on; 0.0.0.0 for all', '127.0.0.1')
    .addOption(tokenOption())
    .option('--keys <file>', 'keys of clients in place of a token: lines such as 0-99 KEY')
    .option('--workers <n>', 'among how many workers unclaimed clients are divided', positiveNumber, 1)
    .option('--threads <n>', 'threads for evaluation', positiveNumber, 1)
    .option('--out <dir>', "the run's directory (default: runs/NAME-HASH-N)")
    .option('--resume', 'go on with the run in --out, or begin it where there is none')
    .addOption(redoOption())
    .option('--tls-cert <file>', 'a certificate, PEM; with it, workers connect to wss://')
    .option('--tls-key <file>', 'its key, PEM')
    .addOption(new Option('--origin <url...>', 'web pages that may connect'))
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  letHeapGrow();
  await loadPlugins(options.plugin);
  const recipe = readRecipe(file, overrides(options));
  const { signal, stop } = interruption();
  const log = logger('serve');
  let directory: string | undefined;
  try {
    const result = await serve(recipe, {
      port: options.port,
      host: options.host,
      out: options.out ?? true,
      threads: options.threads,
      plugins: options.plugin,
      settings: {
        token: readToken('--token', options.token),
        keys: options.keys === undefined ? undefined : readKeys(options.keys),
        workers: options.workers,
      },
      ...(options.resume && { resume: true }),
      ...(options.redo && { redo: true }),
      ...tlsOf(options),
      ...(options.origin && { origins: options.origin }),
      onStart: (federation, runDirectory) => {
        directory = runDirectory.path;
        process.stderr.write(describeStart(federation, runDirectory));
      },
      onListening: ({ url }) => {
        process.stderr.write(
          `  workers take part with: murmur join ${url.replace(/0\.0\.0\.0|\[::\]/, 'THIS-HOST')}\n`,
        );
        log('info', `listening on ${url}`, { url });
      },
      onEvent: (event) => {
        const { type, round } = event;
        log('info', type, {
          round,
          ...(event.type === 'round' && { loss: event.loss }),
          ...(event.type === 'evaluation' && { accuracy: event.accuracy }),
        });
      },
      log,
      signal,
    });
    await printServed(result);
  } catch (error) {
    throw withAdvice(error, directory);
  } finally {
    stop();
  }
}

function readKeys(file: string): ClientKey[] {
  const keys = parseKeys(readFileSync(file, 'utf8'));
  if (keys.length === 0)
    throw new UserError(`${file} holds no keys: lines are clients and a key, as in: 0-99 KEY`);
  return keys;
}
