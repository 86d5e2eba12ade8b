import { expect } from 'chai';
import { decodeSafetensors, encodeSafetensors, layOut } from '../../learning/index.js';

const manifest = layOut([
  { name: 'dense1/kernel', shape: [2, 2], role: 'weight' },
  { name: 'dense1/bias', shape: [2], role: 'bias' },
]);
const values = Float32Array.of(1, -2, 0.5, 4, 1e-30, -0);

describe('safetensors', () => {
  const file = encodeSafetensors({ values, manifest }, { note: 'größer' });

  it('gives back what was written', () => {
    const read = decodeSafetensors(file);
    expect(read.values).to.deep.equal(values);
    expect(read.manifest).to.deep.equal(manifest);
    expect(read.metadata.note).to.equal('größer');
  });

  it('keeps to the format: header length, JSON header padded to 8 bytes, offsets, little-endian tensors', () => {
    const view = new DataView(file.buffer);
    const headLength = Number(view.getBigUint64(0, true));
    expect((8 + headLength) % 8).to.equal(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headLength))) as Record<
      string,
      unknown
    >;
    expect(header['dense1/bias']).to.deep.equal({ dtype: 'F32', shape: [2], data_offsets: [16, 24] });
    expect(view.getFloat32(8 + headLength + 4, true)).to.equal(-2);
    expect(file.length).to.equal(8 + headLength + 24);
  });

  it('says what is wrong with a file', () => {
    expect(() => decodeSafetensors(file.subarray(0, 5))).to.throw('shorter than its 8-byte header');
    expect(() => decodeSafetensors(file.subarray(0, 40))).to.throw('truncated');
    expect(() => decodeSafetensors(file.subarray(0, file.length - 4))).to.throw(
      '24 bytes of tensors expected, 20 found',
    );
    expect(() => decodeSafetensors(new TextEncoder().encode('name: fedavg'))).to.throw(
      'not a safetensors file',
    );
    const half = file.slice();
    half.set(new TextEncoder().encode('F16'), new TextDecoder('latin1').decode(half).indexOf('F32'));
    expect(() => decodeSafetensors(half)).to.throw('only F32 tensors are read');
  });
});
