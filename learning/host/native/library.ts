/** The native kernels, where they have been built and are asked for. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NativeLibrary } from '../../wasm/native-library.js';
import { nativeFile } from './build.js';
import { differingProduct } from './check.js';

export const KERNELS = ['wasm', 'native'] as const;
export type KernelsChoice = (typeof KERNELS)[number];

/** The environment's choice, which threads and processes take along; no bit depends on it. */
export const KERNELS_VARIABLE = 'MURMUR_KERNELS';

/** @throws Error where the environment names no kernels that there are */
function chosenKernels(environment: NodeJS.ProcessEnv = process.env): KernelsChoice {
  const { [KERNELS_VARIABLE]: text = '' } = environment;
  const choice = text === '' ? 'wasm' : KERNELS.find((name) => name === text);
  if (choice !== undefined) return choice;
  throw new Error(
    `${KERNELS_VARIABLE} is '${text}', but there are only the kernels ${KERNELS.join(' and ')}`,
  );
}

let opened: NativeLibrary | undefined;

/**
 * The native kernels of this machine; undefined if the choice is WebAssembly.
 * @throws Error if they have not been built, or give other bits than WebAssembly
 */
export function nativeKernels(choice = chosenKernels()): NativeLibrary | undefined {
  if (choice === 'wasm') return undefined;
  opened ??= openChecked();
  return opened;
}

function openChecked(): NativeLibrary {
  const file = nativeFile(process.env);
  if (!existsSync(file)) {
    throw new Error(
      `there are no native kernels for this machine and this version of murmur: build them with \`murmur native build\`, or leave out --kernels native (and ${KERNELS_VARIABLE})`,
    );
  }
  const library = openLibrary(file);
  const difference = differingProduct(library);
  if (difference === undefined) return library;
  throw new Error(
    `the native kernels in ${file} give other bits than WebAssembly (${difference}): build them again with \`murmur native build\`, or leave out --kernels native`,
  );
}

export const openLibrary = (file: string) => createRequire(import.meta.url)(file) as NativeLibrary;
