export { engineFor, loadEngine, type EngineOptions } from './engines.js';
export { readFromDisk } from './read-file.js';
export { buildNativeKernels } from './native/build-checked.js';
export { KERNELS, KERNELS_VARIABLE, nativeKernels, type KernelsChoice } from './native/library.js';
