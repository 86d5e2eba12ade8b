import { expect } from 'chai';
import { wasm, WasmModule } from '../../numerics/index.js';

const { f32, i32 } = wasm;
const store = wasm.defineFunction('store', { parameters: ['i32', 'f32'] }, ([at, value]) => [
  [at.get, value.get, f32.store(0)],
]);
const twice = wasm.defineFunction('twice', { parameters: ['i32'], results: ['i32'] }, ([x]) => [
  [x.get, i32.const(2), i32.mul],
]);

describe('WebAssembly modules', () => {
  it('export their functions by name, on private memory and on memory that threads share', () => {
    const module = new WasmModule([store, twice]);
    for (const shared of [false, true]) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared });
      const kernels = module.instantiate(memory);
      kernels.store(8, 1.5);
      expect(new Float32Array(memory.buffer)[2]).to.equal(1.5);
      expect(kernels.twice(21)).to.equal(42);
    }
  });

  it('are refused if the compiled module lacks a declared function', () => {
    const functions: wasm.WasmFunction[] = [store];
    const module = new WasmModule(functions);
    const memory = new WebAssembly.Memory({ initial: 1 });
    module.instantiate(memory);
    functions.push(twice);
    expect(() => module.instantiate(memory)).to.throw(TypeError, 'does not export store, twice');
  });
});
