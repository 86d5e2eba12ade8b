import { expect } from 'chai';
import { wasm, WasmModule } from '../../numerics/index.js';

const { control, f32, f32x4, i32, i64, i8x16, v128 } = wasm;
const memory = new WebAssembly.Memory({ initial: 1 });

const one = (definition: wasm.WasmFunction<'f'>) => new WasmModule([definition]).instantiate(memory).f;

describe('the assembler', () => {
  it('numbers locals after the parameters, each with its type', () => {
    const swap = wasm.defineFunction(
      'f',
      { parameters: ['i32', 'f32'], results: ['f32'] },
      ([a, b], fresh) => {
        const [sum, whole] = [fresh('f32'), fresh('i32')];
        return [
          [a.get, i32.const(10), i32.mul, whole.tee, f32.fromI32, b.get, f32.add, sum.set],
          [sum.get, whole.get, f32.fromI32, f32.mul],
        ];
      },
    );
    expect(one(swap)(3, 0.5)).to.equal(915);
  });

  it('writes constants of every size and sign', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 8191, 65536, 2 ** 31 - 1, -(2 ** 31)]) {
      const constant = wasm.defineFunction('f', { results: ['i32'] }, () => i32.const(value));
      expect(one(constant)()).to.equal(value);
    }
  });

  it('writes functions of more bytes than one length byte counts', () => {
    const additions = Array.from({ length: 5000 }, () => [i32.const(3), i32.add]);
    const long = wasm.defineFunction('f', { results: ['i32'] }, () => [i32.const(0), additions]);
    expect(one(long)()).to.equal(15000);
  });

  it('calls functions of its module by their place', () => {
    const double = wasm.defineFunction('double', { parameters: ['i32'], results: ['i32'] }, ([x]) => [
      [x.get, x.get, i32.add],
    ]);
    const twice = wasm.defineFunction('twice', { parameters: ['i32'], results: ['i32'] }, ([x]) => [
      [x.get, control.call(0), control.call(0)],
    ]);
    expect(new WasmModule([double, twice]).instantiate(memory).twice(7)).to.equal(28);
  });

  it('knows the instructions that kernels use', () => {
    const bytes = new Uint8Array(memory.buffer);
    bytes.set([1, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    const count = wasm.defineFunction('f', { results: ['i32'] }, () => [
      [i32.const(0), v128.load(0), v128.zero, i8x16.eq, i8x16.bitmask, i32.popcnt],
    ]);
    expect(one(count)()).to.equal(13);
    const empty = wasm.defineFunction('f', { parameters: ['i32'], results: ['i32'] }, ([at]) => [
      [at.get, i64.load(0), i64.eqz],
    ]);
    expect([0, 8].map((at) => one(empty)(at))).to.deep.equal([0, 1]);
    const mask = [...new Array<number>(4).fill(0xff), ...new Array<number>(12).fill(0)];
    const masked = wasm.defineFunction('f', { parameters: ['f32'], results: ['f32'] }, ([x]) => [
      [x.get, f32x4.splat, v128.const(mask), v128.and],
      [f32x4.extractLane(0), x.get, f32x4.splat, v128.const(mask), v128.and, f32x4.extractLane(3), f32.sub],
    ]);
    expect(one(masked)(2.5)).to.equal(2.5);
    const whole = wasm.defineFunction('f', { parameters: ['f32'], results: ['i32'] }, ([x]) => [
      [x.get, i32.truncSaturatedF32],
    ]);
    expect([-1.5, NaN, 1e20].map((x) => one(whole)(x))).to.deep.equal([-1, 0, 2 ** 31 - 1]);
    const bits = wasm.defineFunction('f', { parameters: ['f32'], results: ['i32'] }, ([x]) => [
      [x.get, i32.reinterpretF32, i32.const(0x00ffffff), i32.xor],
    ]);
    expect(one(bits)(1)).to.equal(0x3f7fffff);
  });
});
