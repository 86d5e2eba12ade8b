/** An engine's private WebAssembly memory, and the kernels that were compiled for it. */
import { WasmModule, type Kernel } from '../../numerics/index.js';
import type { Emitted } from './kernels/native-form.js';
import type { NativeLibrary, NativeMemory } from './native-library.js';

const PAGE = 65536;
const MOST_BYTES = 2 ** 32;
/** So many sets of kernels are kept; with more, the oldest is compiled again when it is needed. */
const MOST_KERNEL_SETS = 512;
/** So many buffers wait to be used again. */
const MOST_SPARE = 4;

export interface Views {
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
}

const viewsOf = ({ buffer }: WebAssembly.Memory): Views => ({
  bytes: new Uint8Array(buffer),
  integers: new Int32Array(buffer),
  floats: new Float32Array(buffer),
  doubles: new Float64Array(buffer),
});

/** Why there is no memory of so many bytes, as a sentence. */
export function refuseMemory(bytes: number): string | undefined {
  if (bytes <= MOST_BYTES) return undefined;
  const gibibytes = (bytes / 2 ** 30).toFixed(1);
  return `the model and a batch of examples need ${gibibytes} GiB, an engine has at most 4`;
}

export class Memory {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #kernels = new Map<string, readonly Kernel[]>();
  readonly #native: { readonly library: NativeLibrary; readonly memory: NativeMemory } | undefined;
  #views = viewsOf(this.#memory);
  #beside: Memory | undefined;
  #spare: ArrayBuffer[] = [];

  /** A memory for a second network, such as a teacher's. */
  get beside(): Memory {
    return (this.#beside ??= new Memory());
  }

  /** @param library native kernels, which then stand for those of WebAssembly that they replace */
  constructor(library?: NativeLibrary) {
    if (library) this.#native = { library, memory: library.memory() };
    this.#attach();
  }

  /** Views of the memory, valid until the next `reserve`. */
  get views(): Views {
    return this.#views;
  }

  /** Makes the memory at least so large. */
  reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    const refusal = refuseMemory(bytes);
    if (refusal !== undefined) throw new RangeError(refusal);
    this.#memory.grow(Math.ceil(missing / PAGE));
    this.#views = viewsOf(this.#memory);
    this.#attach();
  }

  /** A copy of these numbers, in memory that was given back where there is some of their size. */
  copy(numbers: Float32Array): Float32Array<ArrayBuffer> {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength === numbers.byteLength);
    if (at < 0) return numbers.slice();
    const vector = new Float32Array(this.#spare.splice(at, 1)[0]);
    vector.set(numbers);
    return vector;
  }

  /** Gives the memory of a copy back that nobody reads any more. */
  recycle(buffer: ArrayBuffer): void {
    this.#spare = [buffer, ...this.#spare].slice(0, MOST_SPARE);
  }

  /** Native kernels are told where the memory is, which may have moved. */
  #attach(): void {
    this.#native?.library.attach(this.#native.memory, this.#memory.buffer);
  }

  /** The kernels of that name, in the order in which `emit` gives them; compiled at the first call. */
  kernels(name: string, emit: () => readonly Emitted[]): readonly Kernel[] {
    const known = this.#kernels.get(name);
    if (known !== undefined) return known;
    const kernels = this.#compile(emit());
    if (this.#kernels.size >= MOST_KERNEL_SETS) {
      for (const oldest of this.#kernels.keys()) {
        this.#kernels.delete(oldest);
        break;
      }
    }
    this.#kernels.set(name, kernels);
    return kernels;
  }

  #compile(emitted: readonly Emitted[]): Kernel[] {
    const native = emitted.map(({ native: form }) => {
      if (form === undefined || this.#native === undefined) return undefined;
      return this.#native.library.bind(this.#native.memory, form.kernel, form.constants);
    });
    const functions = emitted.map((kernel, index) => ({ ...kernel, name: String(index) }));
    if (native.every((kernel) => kernel !== undefined)) return native;
    const compiled = new WasmModule(functions).instantiate(this.#memory);
    return functions.map(({ name }, index) => native[index] ?? compiled[name]);
  }
}
