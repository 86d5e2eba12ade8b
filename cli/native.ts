/** `murmur native build`: compiles native kernels for this machine; and `--kernels`, which uses them. */
import { Command, Option } from 'commander';
import { buildNativeKernels, KERNELS, KERNELS_VARIABLE, nativeKernels } from '../learning/host/index.js';

export function nativeCommand(): Command {
  return new Command('native')
    .description(
      'Native kernels for this machine: the same bits as WebAssembly, faster; used with --kernels native.',
    )
    .addCommand(
      new Command('build')
        .description(
          'Compile them with the C compiler that is here (cc, or what CC names) into the cache folder.',
        )
        .action(() => {
          const { file, compiler, flags } = buildNativeKernels();
          process.stdout.write(
            `built with ${compiler} ${flags.join(' ')}\nchecked: the reference models end in the bits of WebAssembly\n${file}\nuse them with --kernels native, or ${KERNELS_VARIABLE}=native\n`,
          );
        }),
    );
}

export const kernelsOption = () =>
  new Option('--kernels <which>', 'what computes, with the same bits: wasm or native (murmur native build)')
    .choices(KERNELS)
    .env(KERNELS_VARIABLE);

/** The choice goes into the environment, from where engines, threads and processes take it. @throws as the engine */
export function useKernels({ kernels }: { readonly kernels?: string }): void {
  if (kernels === undefined) return;
  process.env[KERNELS_VARIABLE] = kernels;
  nativeKernels();
}
