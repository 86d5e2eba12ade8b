/** `murmur join URL`: takes part in a federation that is coordinated elsewhere, with any number of its clients. */
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../errors/index.js';
import { joinFederation, WorkerStore } from '../client/host/index.js';
import { loadPlugins } from '../recipe/index.js';
import { withRestartAdvice } from './advice.js';
import { exitCode } from './exit-codes.js';
import { letHeapGrow } from './garbage.js';
import { clientRanges, interruption, logger, tlsOf, type ClientRanges } from './network-options.js';
import { keyOption, readToken, tokenOption } from './tokens.js';
import { kernelsOption } from './native.js';
import { pluginOption, positiveNumber } from './options.js';

interface Options {
  readonly clients?: ClientRanges;
  readonly data?: string;
  readonly client?: string;
  readonly threads?: number;
  readonly token?: string;
  readonly key?: string;
  readonly state?: string;
  readonly listen?: Listening;
  readonly advertise?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly ca?: string;
  readonly plugin: readonly string[];
}

export function joinCommand(): Command {
  return new Command('join')
    .description('Train clients of a federation that is coordinated elsewhere (murmur serve).')
    .argument('<url>', 'the coordinator, e.g. wss://host:7400', socketUrl)
    .option('--clients <numbers>', 'which clients, e.g. 0-499 (default: those that are free)', clientRanges)
    .option('--data <path>', 'train on your own data: a CSV file, or a folder with one or with IDX files')
    .option('--client <name>', 'whose they are, as the recipe names it (default: the name of --data)')
    .option('--threads <n>', 'training threads; they never change a result', positiveNumber)
    .addOption(tokenOption())
    .addOption(keyOption())
    .option('--state <dir>', 'where the worker keeps who it is (default: runs/workers/HOST-PORT-N)')
    .option('--listen <host:port>', 'gossip: where other workers can connect to this one', listening)
    .option('--advertise <url>', 'the address that they are told, where it is another', socketUrl)
    .option('--tls-cert <file>', 'a certificate, PEM; with it, they connect to wss://')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--ca <file>', 'certificates to trust besides the system’s, PEM')
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

function ownData({
  data,
  client,
  clients,
}: Options): { readonly data: string; readonly client: string } | undefined {
  if (data === undefined) {
    if (client !== undefined) throw new UserError('--client names whose data --data are: give both');
    return undefined;
  }
  if (clients !== undefined)
    throw new UserError('--clients are of a recipe that names its data; --data are one client’s own');
  return { data, client: client ?? basename(data, '.csv') };
}

function socketUrl(text: string): string {
  if (!/^wss?:\/\/[^/]+/.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('Write it as wss://host:port, or ws://host:port without TLS.');
  }
  return text;
}

interface Listening {
  readonly host: string;
  readonly port: number;
}

/** "0.0.0.0:7500", "[::1]:0". */
function listening(text: string): Listening {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (!match) throw new InvalidArgumentError('Write it as host:port, e.g. 0.0.0.0:7500; port 0 is any.');
  return { host: match.at(1) ?? match[2], port: Number(match[3]) };
}

function peerListening({ listen, advertise, ...options }: Options) {
  const tls = tlsOf(options);
  if (listen === undefined) {
    if (advertise !== undefined || tls.tls) {
      throw new UserError('--advertise and --tls-cert are for workers that listen: give --listen HOST:PORT');
    }
    return undefined;
  }
  if (advertise === undefined && ['0.0.0.0', '::'].includes(listen.host)) {
    throw new UserError(
      `--listen ${listen.host} is every address of this machine: say with --advertise wss://HOST:PORT at which others reach it`,
    );
  }
  return { ...listen, ...tls, advertise, flags: { host: '--listen', port: '--listen' } };
}

async function run(url: string, options: Options): Promise<void> {
  letHeapGrow();
  await loadPlugins(options.plugin);
  // A worker that a launch started ends with it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { host } = new URL(url);
  const token = readToken('--token', options.token);
  const key = readToken('--key', options.key);
  const log = logger('join');
  const onWait = (sentence: string) => {
    log('info', sentence);
  };
  const store = await (options.state === undefined
    ? WorkerStore.openFirstFree(join('runs', 'workers', host.replaceAll(/[^\w.-]/g, '-')), onWait)
    : WorkerStore.open(options.state, onWait));
  const { signal, stop } = interruption();
  try {
    const { wasInterrupted } = await joinFederation({
      url,
      token,
      key,
      clients: options.clients,
      own: ownData(options),
      threads: options.threads ?? availableParallelism(),
      plugins: options.plugin,
      store,
      ca: options.ca,
      // A launch has a channel to its workers, and so may other managers of processes.
      isLocal: process.channel !== undefined && new URL(url).hostname === '127.0.0.1',
      listen: peerListening(options),
      log,
      signal,
    });
    if (wasInterrupted) process.exitCode = exitCode.interrupted;
  } catch (error) {
    throw withRestartAdvice(error);
  } finally {
    stop();
  }
}
