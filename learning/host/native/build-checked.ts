/** Builds the native kernels, and lets only such take their place as train the reference models to the same bits. */
import { build, type NativeBuild } from './build.js';
import { differingModel, differingProduct } from './check.js';
import { openLibrary } from './library.js';

/** @throws Error where there is no C compiler, it refuses, or what it builds gives other bits */
export const buildNativeKernels = (environment: NodeJS.ProcessEnv = process.env): NativeBuild =>
  build((file) => {
    const library = openLibrary(file);
    return differingProduct(library) ?? differingModel(library);
  }, environment);
