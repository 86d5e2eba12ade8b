/** `murmur join URL`: takes part in a federation that is coordinated elsewhere, with any number of its clients. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { joinFederation, WorkerStore } from '../client/index.js';
import { loadPlugins } from '../recipe/index.js';
import {
  clientRanges,
  interruption,
  logger,
  readToken,
  tokenOption,
  type ClientRanges,
} from './network-options.js';
import { pluginOption, positiveNumber } from './options.js';

interface Options {
  readonly clients?: ClientRanges;
  readonly threads?: number;
  readonly token?: string;
  readonly state?: string;
  readonly ca?: string;
  readonly plugin: readonly string[];
}

export function joinCommand(): Command {
  return new Command('join')
    .description('Train clients of a federation that is coordinated elsewhere (murmur serve).')
    .argument('<url>', 'the coordinator, e.g. wss://host:7400', socketUrl)
    .option('--clients <numbers>', 'which clients, e.g. 0-499 (default: those that are free)', clientRanges)
    .option('--threads <n>', 'training threads; they never change a result', positiveNumber)
    .addOption(tokenOption())
    .option('--state <dir>', 'where the worker keeps who it is (default: runs/workers/HOST-PORT-N)')
    .option('--ca <file>', 'certificates to trust besides the system’s, PEM')
    .addOption(pluginOption())
    .action(run);
}

function socketUrl(text: string): string {
  if (!/^wss?:\/\/[^/]+/.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('Write it as wss://host:port, or ws://host:port without TLS.');
  }
  return text;
}

async function run(url: string, options: Options): Promise<void> {
  await loadPlugins(options.plugin);
  // A worker that a launch started ends with it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { host } = new URL(url);
  const store =
    options.state === undefined
      ? WorkerStore.openFirstFree(join('runs', 'workers', host.replaceAll(/[^\w.-]/g, '-')))
      : WorkerStore.open(options.state);
  const { signal, stop } = interruption();
  const log = logger('join');
  try {
    const outcome = await joinFederation({
      url,
      token: readToken(options.token),
      clients: options.clients,
      threads: options.threads ?? availableParallelism(),
      plugins: options.plugin,
      store,
      ca: options.ca,
      log,
      signal,
    });
    log('info', outcome);
  } finally {
    stop();
  }
}
