/** Whether native kernels can run beside those of WebAssembly; where they cannot, the bench says so and goes on. */
import { nativeKernels, type KernelsChoice } from '../learning/host/index.js';
import { say } from './part.js';

let known: readonly KernelsChoice[] | undefined;

/** The kernels that there are here, WebAssembly's first. */
export function kernelsHere(): readonly KernelsChoice[] {
  if (known !== undefined) return known;
  try {
    nativeKernels('native');
    known = ['wasm', 'native'];
  } catch (error) {
    say(`  Only WebAssembly: ${error instanceof Error ? error.message : String(error)}\n`);
    known = ['wasm'];
  }
  return known;
}
