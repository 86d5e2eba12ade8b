/** Hello, welcome, ready: who may take part, and whether both sides have made the same things of the recipe. */
import { localDataClients } from '../data/index.js';
import { layoutHash, partitionHash } from '../rounds/index.js';
import { sameSecret } from '../transport/index.js';
import { admitsOtherEngines, wasmEngine } from '../learning/index.js';
import { sha256 } from '../numerics/index.js';
import { messageCodec, ProtocolError, tensorOf, type MessageOf, type Tensors } from '../protocol/index.js';
import {
  bitsOf,
  differingBits,
  differingFile,
  namedFiles,
  recipeHash,
  startingWeights,
  type Federation,
} from '../recipe/index.js';
import { rangesOf } from './client-ranges.js';
import type { RegisteredWorker, WorkerRegistry } from './worker-registry.js';
import { clientsOfKey, type Allows } from './keys.js';
import { partitionOf } from './own-sizes.js';
import { secretOf } from './secrets.js';
import type { CoordinatorSettings } from './settings.js';

type Hello = MessageOf<'hello'>;
type Hashes = MessageOf<'ready'>['hashes'];
/** What the run is doing when a worker comes. */
type Standing = Pick<MessageOf<'welcome'>, 'round' | 'durable' | 'commits'>;

const SAME_DATA =
  'a worker trains on the same data as the coordinator, or on its own (data.partition: local)';

export class Handshake {
  readonly #weights: Float32Array;
  readonly #common: Omit<Hashes, 'partition'>;
  readonly #engine = wasmEngine();
  /** Those that vectors have on the way. */
  readonly #encodings: readonly string[];

  constructor(
    readonly federation: Federation,
    readonly settings: CoordinatorSettings,
    readonly members: WorkerRegistry,
  ) {
    this.#weights = startingWeights(federation);
    const { codec } = federation;
    this.#encodings = [codec.encoding, messageCodec(codec).encoding];
    this.#common = {
      recipe: recipeHash(federation.recipe),
      bits: bitsOf(federation.recipe),
      data: dataChecksums(federation),
      layout: layoutHash(federation.model.manifest),
      weights: sha256(this.#weights),
    };
  }

  /**
   * @returns which clients may be the worker's
   * @throws ProtocolError where the worker cannot take part, whoever it is
   */
  check(hello: Hello): Allows {
    const { plugins } = this.settings;
    const allows = this.#authorize(hello);
    const { kind, kernelHash } = this.#engine;
    const isExact = !admitsOtherEngines(this.federation.recipe.engine);
    if (isExact && (hello.engine.kind !== kind || hello.engine.kernel !== kernelHash)) {
      throw new ProtocolError(
        'engineDiffers',
        `the run needs the engine ${kind} with kernels ${kernelHash.slice(0, 8)} (murmur ${this.settings.version}); the worker has ${hello.engine.kind} with ${hello.engine.kernel.slice(0, 8)} (${hello.software}). Other engines are admitted where the recipe says engine: { mixed: true }`,
      );
    }
    const unknown = this.#encodings.filter((encoding) => !hello.encodings.includes(encoding));
    if (unknown.length > 0) {
      throw new ProtocolError('codecUnknown', `the worker does not know the encoding ${unknown.join(', ')}`);
    }
    const plugin = differingFile(
      { at: 'at the coordinator', checksums: plugins },
      { at: 'at the worker', checksums: hello.plugins },
    );
    if (plugin !== undefined) {
      throw new ProtocolError('pluginsDiffer', `${plugin}: give both the same --plugin files`);
    }
    return allows;
  }

  #authorize({ credential }: Hello): Allows {
    const { token, keys } = this.settings;
    if (keys !== undefined) {
      const given = credential?.kind === 'key' ? credential.key : '';
      const allows = clientsOfKey(keys, given, this.members.names);
      if (allows) return allows;
      const sentence = given === '' ? "a client's key is needed: --key" : 'nobody has this key';
      throw new ProtocolError('unauthorized', sentence);
    }
    if (token !== undefined) {
      const given = credential?.kind === 'token' ? credential.token : '';
      if (!sameSecret(given, token)) {
        const sentence = given === '' ? 'a join token is needed: --token' : 'the join token is wrong';
        throw new ProtocolError('unauthorized', sentence);
      }
    }
    return () => true;
  }

  welcome(member: RegisteredWorker, standing: Standing): MessageOf<'welcome'> {
    const { worker, clients } = member;
    const { recipe } = this.federation;
    const partition = partitionOf(this.federation.partition, member);
    const { heartbeat, limits } = this.settings;
    const { names } = this.members;
    return {
      kind: 'welcome',
      worker,
      secret: secretOf(this.members.record, worker),
      run: this.members.record.run,
      recipe: JSON.stringify(recipe),
      mixed: admitsOtherEngines(recipe.engine),
      hashes: { ...this.#common, partition: partitionHash(partition, clients) },
      clients: rangesOf(clients),
      ...(names && { names: Object.fromEntries(clients.map((client) => [names[client], client])) }),
      heartbeat,
      limits: { chunkBytes: limits.chunkBytes, frameBytes: limits.frameBytes },
      tensors: filesOf(this.federation),
      ...standing,
    };
  }

  /** @throws ProtocolError where the worker's data or its version of the bits are not the coordinator's */
  #refuseOther({ data, bits }: Hashes): void {
    const [here, there] = ['at the coordinator', 'at the worker'];
    const file = differingFile({ at: here, checksums: this.#common.data }, { at: there, checksums: data });
    if (file !== undefined) throw new ProtocolError('dataUnfit', `${file}: ${SAME_DATA}`);
    if (admitsOtherEngines(this.federation.recipe.engine)) return;
    const change = differingBits({ at: here, bits: this.#common.bits }, { at: there, bits });
    if (change !== undefined) {
      throw new ProtocolError(
        'recipeDiffers',
        `${change}; use the same version (here ${this.settings.version}) on both`,
      );
    }
  }

  /** What a worker has to be sent because it has made something else of the recipe; undefined where all is equal. */
  compare(member: RegisteredWorker, hashes: Hashes): MessageOf<'mismatch'> | undefined {
    const { clients } = member;
    const partition = partitionOf(this.federation.partition, member);
    for (const [name, what] of [
      ['recipe', 'recipe'],
      ['layout', 'layout of the model'],
    ] as const) {
      if (hashes[name] === this.#common[name]) continue;
      throw new ProtocolError(
        'recipeDiffers',
        `worker and coordinator have different hashes of the ${what}: use the same version (here ${this.settings.version}) on both`,
      );
    }
    this.#refuseOther(hashes);
    const differs = [
      ...(hashes.partition === partitionHash(partition, clients) ? [] : ['partition' as const]),
      ...(hashes.weights === this.#common.weights ? [] : ['weights' as const]),
    ];
    if (differs.length === 0) return undefined;
    const tensors = new Map<string, ReturnType<typeof tensorOf>>();
    if (differs.includes('weights')) tensors.set('weights', tensorOf(this.#weights));
    if (!differs.includes('partition')) return { kind: 'mismatch', differs, tensors };
    const lists = clients.map((client) => partition.indices(client));
    tensors.set('partition', tensorOf(Uint32Array.from(lists.flatMap((list) => Array.from(list)))));
    return {
      kind: 'mismatch',
      differs,
      clients: [...clients],
      sizes: lists.map((list) => list.length),
      tensors,
    };
  }
}

/** Where workers have data of their own, none are the coordinator's. */
const dataChecksums = ({ recipe, dataset }: Federation) =>
  localDataClients(recipe.data.partition) === undefined ? dataset.checksums : {};

/** What the recipe names besides its data goes to the worker, which opens no path that it is told. */
function filesOf({ recipe, files }: Federation): Tensors {
  const sent = namedFiles(recipe).filter(([field, path]) => field !== 'init.file' && path in files);
  return new Map(sent.map(([field, path]) => [`file/${field}`, tensorOf(files[path])]));
}
