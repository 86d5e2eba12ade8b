import { expect } from 'chai';
import { expOfNonPositive, logOfPositive, WasmModule } from '../../numerics/index.js';

const memory = new WebAssembly.Memory({ initial: 1 });
const { exp, log } = new WasmModule([expOfNonPositive, logOfPositive]).instantiate(memory);

describe('exp and log in WebAssembly', () => {
  it('exp is within 2e-7 of the true value', () => {
    for (let x = -86.9; x <= 0; x += 0.00317) {
      const exact = Math.exp(Math.fround(x));
      expect(Math.abs(exp(x) - exact) / exact).to.be.below(2e-7);
    }
  });

  it('log is within 2e-7 of the true value, or of 1 near its zero', () => {
    for (let x = 1e-30; x < 1e30; x *= 1.0137) {
      const exact = Math.log(Math.fround(x));
      expect(Math.abs(log(x) - exact) / Math.max(1, Math.abs(exact))).to.be.below(2e-7);
    }
  });

  it('meet their limits', () => {
    expect(exp(0)).to.equal(1);
    expect(exp(-88)).to.equal(0);
    expect(exp(-Infinity)).to.equal(0);
    expect(exp(NaN)).to.be.NaN;
    expect(log(1)).to.equal(0);
    expect(log(NaN)).to.be.NaN;
  });
});
