/** Kernels in native code, which a host may hand to an engine in place of kernels in WebAssembly. */
/** A loaded library; addon.c exports it. */
export interface NativeLibrary {
  /** A handle on a WebAssembly memory; `attach` must run before a kernel on it is called. */
  memory(): NativeMemory;
  attach(memory: NativeMemory, buffer: ArrayBufferLike): void;
  /** A kernel on that memory; undefined if the library has none of that name. */
  bind(
    memory: NativeMemory,
    kernel: string,
    constants: Readonly<Record<string, number | boolean>>,
  ): ((...parameters: number[]) => number) | undefined;
}

declare const handle: unique symbol;
export interface NativeMemory {
  readonly [handle]: true;
}
