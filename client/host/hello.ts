/** What a worker says of itself when it joins: its software and kernels, its right to take part, the clients it claims. */
import { hostname } from 'node:os';
import { countLocalExamples } from '../../data/index.js';
import { openLocalData } from '../../data/host/index.js';
import { version } from '../../records/host/index.js';
import { wasmEngine } from '../../learning/index.js';
import { encodings, type MessageOf } from '../../protocol/index.js';
import { pluginChecksums } from '../../recipe/index.js';
import type { WorkerSettings } from '../index.js';

/** What it is told of itself. */
export interface Introduction {
  readonly token?: string | undefined;
  /** The key of its clients, in place of a token. */
  readonly key?: string | undefined;
  /** Clients to claim, both ends included; whichever are free where it is left out. */
  readonly clients?: readonly (readonly [number, number])[] | undefined;
  /** The worker's own data, a file or folder, and the name of the client that they are of. */
  readonly own?: { readonly data: string; readonly client: string } | undefined;
  /** Files of the plugins that are loaded. */
  readonly plugins: readonly string[];
}

/** @param listen the address at which other workers reach this one */
export function helloOf(
  { token, key, plugins, clients, own }: Introduction,
  listen: string | undefined,
): WorkerSettings['hello'] {
  const { kind, kernelHash } = wasmEngine();
  return {
    software: `murmur ${version()}, Node.js ${process.version}`,
    host: hostname().slice(0, 255),
    ...(token !== undefined && { credential: { kind: 'token', token } }),
    ...(key !== undefined && { credential: { kind: 'key', key } }),
    engine: { kind, kernel: kernelHash },
    plugins: pluginChecksums(plugins),
    claim: claimOf(clients, own),
    encodings: Object.keys(encodings),
    ...(listen !== undefined && { listen }),
  };
}

function claimOf(clients: Introduction['clients'], own: Introduction['own']): MessageOf<'hello'>['claim'] {
  if (own !== undefined) {
    return {
      kind: 'local',
      shards: [{ name: own.client, samples: countLocalExamples(openLocalData(own.data)) }],
    };
  }
  if (clients === undefined) return { kind: 'any' };
  return { kind: 'clients', ranges: clients.map(([first, last]) => [first, last]) };
}
