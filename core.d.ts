/**
 * The globals of every JavaScript host (browsers, Node.js, Deno, workers) that `lib: ["ES2023"]` does not declare and the core uses.
 * Read by tsconfig.core.json only: other code has the types of Node.js and the DOM.
 */

declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  const Memory: new (descriptor: MemoryDescriptor) => Memory;

  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: BufferSource) => Module;

  type ExportValue = ((...parameters: never[]) => unknown) | Memory;
  type Exports = Record<string, ExportValue>;
  type Imports = Record<string, Record<string, ExportValue>>;
  interface Instance {
    readonly exports: Exports;
  }
  const Instance: new (module: Module, imports?: Imports) => Instance;
}

type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: new () => TextEncoder;

interface TextDecoder {
  decode(bytes?: AllowSharedBufferSource, options?: { readonly stream?: boolean }): string;
}
declare const TextDecoder: new (
  encoding?: string,
  options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
) => TextDecoder;
type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;

declare function structuredClone<Value>(
  value: Value,
  options?: { readonly transfer?: readonly ArrayBuffer[] },
): Value;
