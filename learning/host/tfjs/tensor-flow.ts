/**
 * TensorFlow.js, loaded when it is first asked for: its packages are optional. Of its backends `node` is the fastest
 * (the native library), `wasm` comes next, `cpu` is plain JavaScript.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';
import { registerChainedOps } from './chained-ops.js';
import { registerFilterGradient } from './filter-gradient.js';
import { delegateMissingKernels } from './missing-kernels.js';

export interface TensorFlow {
  readonly tf: typeof Core;
  readonly layers: typeof Layers;
  /** Its versions and backend. */
  readonly description: string;
  /** Makes the backend the one that computes: another may have been loaded since. */
  readonly select: () => void;
}

export type Backend = 'node' | 'wasm' | 'cpu';

const packages: Record<Backend, string> = {
  node: '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
};
/** The names under which the backends register. */
const registered: Record<Backend, string> = { node: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node.js 23 took away (tensorflow/tfjs issue 8609). */
const NODE_WITHOUT_TFJS_NODE = 23;

let loaded: Promise<TensorFlow> | undefined;
let chosen: Backend | undefined;

/**
 * One TensorFlow.js for the thread.
 * @throws Error: a sentence about what to install, or why the backend does not work here
 */
export function loadTensorFlow(backend: Backend | undefined): Promise<TensorFlow> {
  if (loaded === undefined || chosen !== backend) {
    loaded = load(backend);
    chosen = backend;
  }
  return loaded;
}

async function load(backend: Backend | undefined): Promise<TensorFlow> {
  const works = backend === undefined ? await firstThatWorks() : await registerOnly(backend);
  const tf = await import('@tensorflow/tfjs-core').catch(refuse('@tensorflow/tfjs-core'));
  // It registers the gradients too.
  const layers = await import('@tensorflow/tfjs-layers').catch(refuse('@tensorflow/tfjs-layers'));
  registerChainedOps(tf);
  tf.enableProdMode();
  await import('@tensorflow/tfjs-backend-cpu').catch(() => undefined);
  if (works === 'wasm') {
    registerFilterGradient(tf, 'wasm');
    delegateMissingKernels(tf, 'wasm', 'cpu');
  }
  if (!(await tf.setBackend(registered[works]))) {
    throw new Error(`engine: tfjs cannot start its backend '${works}' on this machine; try another backend`);
  }
  return {
    ...{ tf, layers },
    description: `${tf.version_core} ${works}`,
    select: () => {
      // A backend that has started once is selected at once.
      if (tf.getBackend() !== registered[works]) void tf.setBackend(registered[works]);
    },
  };
}

async function firstThatWorks(): Promise<Backend> {
  for (const backend of ['node', 'wasm', 'cpu'] as const) {
    if (doesNotWork(backend) === undefined && (await isThere(packages[backend]))) return backend;
  }
  throw new Error(missing(packages.wasm));
}

async function registerOnly(backend: Backend): Promise<Backend> {
  const reason = doesNotWork(backend);
  if (reason !== undefined) throw new Error(reason);
  await import(packages[backend]).catch(refuse(packages[backend]));
  return backend;
}

function doesNotWork(backend: Backend): string | undefined {
  const major = Number(process.versions.node.split('.')[0]);
  if (backend !== 'node' || major < NODE_WITHOUT_TFJS_NODE) return undefined;
  return `${packages.node} does not work on Node.js ${major}: use Node.js 22, or engine: { kind: tfjs, backend: wasm }`;
}

async function isThere(name: string): Promise<boolean> {
  try {
    await import(name);
    return true;
  } catch {
    return false;
  }
}

const refuse = (name: string) => (error: unknown) => {
  if (isNotFound(error)) throw new Error(missing(name));
  throw new Error(
    `engine: tfjs cannot load ${name}: ${error instanceof Error ? error.message : String(error)}`,
  );
};

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

function missing(name: string): string {
  const all = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', packages.wasm, packages.cpu];
  const wanted = name === packages.node ? [name] : all;
  return `engine: tfjs needs ${name}, which is not installed: npm install ${wanted.map((own) => `${own}@4`).join(' ')}`;
}
