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
  });

  /** A file with another header; the tensors' bytes stay. */
  const withHeader = (header: unknown, bytes = new Uint8Array(24)) => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const changed = new Uint8Array(8 + text.length + bytes.length);
    new DataView(changed.buffer).setBigUint64(0, BigInt(text.length), true);
    changed.set(text, 8);
    changed.set(bytes, 8 + text.length);
    return changed;
  };
  const a = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] };
  const b = { dtype: 'F32', shape: [2], data_offsets: [16, 24] };

  it('takes tensors in any order, at their offsets', () => {
    const { manifest: found } = decodeSafetensors(withHeader({ b, a }));
    expect(found.tensors.map(({ name, offset }) => [name, offset])).to.deep.equal([
      ['a', 0],
      ['b', 4],
    ]);
  });

  const refused: Record<string, readonly [header: unknown, sentence: RegExp]> = {
    'other types': [
      { a: { ...a, dtype: 'F16' }, b: { ...b, dtype: 'BF16' } },
      /^only F32 tensors are read: a is F16, b is BF16; convert/,
    ],
    'an unknown field': [
      { a: { ...a, strides: [2, 1] }, b },
      /^its header is not as the format says: a: .*strides/,
    ],
    'a missing field': [{ a: { dtype: 'F32', shape: [2] }, b }, /says: a: data_offsets: it is missing/],
    'an extent that is no count': [{ a: { ...a, shape: [2, -2] }, b }, /says: a: shape: 1: write a number/],
    'metadata that are no texts': [{ __metadata__: { epoch: 3 }, a, b }, /says: epoch: write a/],
    'roles that are none': [
      { __metadata__: { roles: '{"a":"wait"}' }, a, b },
      /says: a: write .*one of weight, bias/,
    ],
    'roles that are no JSON': [
      { __metadata__: { roles: 'weight' }, a, b },
      /the roles in its metadata is not JSON/,
    ],
    'a gap': [
      { a, b: { ...b, data_offsets: [20, 28] } },
      /^tensor b lies at bytes 20 to 28; .* takes 16 to 24$/,
    ],
    'an overlap': [{ a, b: { ...b, data_offsets: [12, 20] } }, /^tensor b lies at bytes 12 to 20/],
    'a shape of another size': [
      { a: { ...a, shape: [3] }, b },
      /^tensor a lies at bytes 0 to 16; .* takes 0 to 12$/,
    ],
    'bytes that are left': [{ a }, /^it has 8 bytes after its last tensor$/],
    'no JSON': ['{', /its header is not JSON/],
  };
  for (const [what, [header, sentence]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(() => decodeSafetensors(withHeader(header))).to.throw(sentence);
    });
  }
});
