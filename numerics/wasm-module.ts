/** WebAssembly modules with typed exports: the only place that gives exports a type, after it has checked them. */
import { assemble, type WasmFunction } from './wasm-assembler.js';

/** An exported function; without a result it returns undefined, which callers ignore. */
export type Kernel = (...parameters: number[]) => number;

export class WasmModule<Name extends string = string> {
  /** By whether threads share the imported memory: a module fits only the kind that it was compiled for. */
  readonly #compiled = new Map<boolean, WebAssembly.Module>();

  /** Compiles lazily, at the first instance. */
  constructor(readonly functions: readonly WasmFunction<Name>[]) {}

  /** @throws TypeError if an export is missing or takes another number of parameters */
  instantiate(memory: WebAssembly.Memory): Readonly<Record<Name, Kernel>> {
    // Pages that are not cross-origin isolated have no SharedArrayBuffer to compare with.
    const shared = !(memory.buffer instanceof ArrayBuffer);
    const module = this.#compiled.get(shared) ?? new WebAssembly.Module(assemble(this.functions, shared));
    this.#compiled.set(shared, module);
    const { exports } = new WebAssembly.Instance(module, { host: { memory } });
    if (!hasKernels(exports, this.functions)) {
      const names = this.functions.map(({ name }) => name).join(', ');
      throw new TypeError(`a WebAssembly module does not export ${names} with their declared parameters`);
    }
    return exports;
  }
}

function hasKernels<Name extends string>(
  exports: WebAssembly.Exports,
  functions: readonly WasmFunction<Name>[],
): exports is WebAssembly.Exports & Readonly<Record<Name, Kernel>> {
  return functions.every(({ name, parameters }) => {
    const found = exports[name];
    return typeof found === 'function' && found.length === parameters.length;
  });
}
