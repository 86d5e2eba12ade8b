import { expect } from 'chai';
import fc from 'fast-check';
import {
  CodecRangeError,
  codecs,
  decodeVector,
  encodeAnswer,
  messageCodec,
  type Residuals,
  ProtocolError,
} from '../../protocol/index.js';
import { fromHalfBits, halfBits } from '../../protocol/codecs/half.js';
import { stream } from '../../numerics/index.js';

const codec = (kind: string, options = {}) => codecs.create({ kind, ...options }, undefined);

/** Numbers of many sizes, both signs. */
function numbers(count: number, name = 'a'): Float32Array {
  const draw = stream(1, 'codecs', name);
  return Float32Array.from({ length: count }, () => (draw() - 0.5) * 10 ** Math.floor(draw() * 6 - 3));
}

/** Every codec, with options that matter to what is lost. */
const all: readonly (readonly [kind: string, options: object])[] = [
  ['float32', {}],
  ['float16', {}],
  ['int8', { blockSize: 7 }],
  ['int8', { blockSize: 3, errorFeedback: true }],
  ['top-k', { fraction: 0.3 }],
  ['top-k', { fraction: 0.1, errorFeedback: false }],
];

/** Any 32 bits as floats: subnormal, infinite and other than numbers too; and numbers of like sizes, which share blocks. */
const anyVector = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 40 }).map(floatsOf),
  fc
    .tuple(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: -150, max: 127 }),
    )
    .map(([values, exponent]) => Float32Array.from(values, (value) => value * 2 ** exponent)),
);

function floatsOf(bits: readonly number[]): Float32Array {
  return new Float32Array(Uint32Array.from(bits).buffer);
}

const through = (kind: string, vector: Float32Array, options = {}) =>
  decodeVector(codec(kind, options).encode(vector), vector.length);

describe('half precision', () => {
  it('knows each of the 65,536 halves', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalfBits(bits);
      expect(Math.fround(value)).to.deep.equal(value);
      if (!Number.isNaN(value)) expect(halfBits(value)).to.equal(bits);
    }
    expect(halfBits(NaN)).to.equal(0x7e00);
  });

  it('rounds to the nearest half, ties to the even one', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [fromHalfBits(bits), fromHalfBits(bits + 1)];
      const middle = (low + high) / 2;
      const step = Math.max(middle * 2 ** -23, 2 ** -149);
      expect(halfBits(middle)).to.equal(bits % 2 === 0 ? bits : bits + 1);
      expect(halfBits(middle - step)).to.equal(bits);
      expect(halfBits(-middle - step)).to.equal(0x8000 + bits + 1);
    }
    expect(halfBits(65519.99)).to.equal(0x7bff);
    expect(halfBits(65520)).to.equal(0x7c00);
  });
});

describe('codecs', () => {
  it('float32 changes nothing and copies nothing', () => {
    const vector = numbers(1000);
    expect(through('float32', vector)).to.deep.equal(vector);
    expect(through('float32', vector).buffer).to.equal(vector.buffer);
  });

  it('float16 and int8 err by no more than half a step', () => {
    const vector = numbers(5000);
    const halves = through('float16', vector);
    const bytes = through('int8', vector, { blockSize: 128 });
    for (const [i, value] of vector.entries()) {
      expect(Math.abs(halves[i] - value)).to.be.at.most(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
      const block = vector.subarray(i - (i % 128), i - (i % 128) + 128);
      const largest = Math.max(...block.map(Math.abs));
      expect(Math.abs(bytes[i] - value)).to.be.at.most(largest / 127 / 2);
    }
  });

  it('int8 errs by no more than half a step in blocks of any size, the smallest and largest too', () => {
    fc.assert(
      fc.property(anyVector, (vector) => {
        fc.pre(vector.every(Number.isFinite));
        const bytes = through('int8', vector, { blockSize: 64 });
        const step = Math.max(Math.max(...vector.map(Math.abs)) / 127, 2 ** -126);
        for (const [i, value] of vector.entries()) {
          expect(Math.abs(bytes[i] - value)).to.be.at.most(step / 2);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are listed here', () => {
    expect([...new Set(all.map(([kind]) => kind))]).to.have.members(codecs.entries.map(({ kind }) => kind));
  });

  for (const [kind, options] of all) {
    it(`${kind} ${JSON.stringify(options)} makes the same bytes of what it decodes, whatever the numbers`, () => {
      const made = codec(kind, options);
      fc.assert(
        fc.property(anyVector, (vector) => {
          const isBeyond = vector.some((value) => Number.isFinite(value) && Math.abs(value) >= 65520);
          if (kind === 'float16' && isBeyond) {
            expect(() => made.encode(vector)).to.throw(CodecRangeError, /float16.* up to 65504/);
            return;
          }
          const once = made.encode(vector);
          const again = made.encode(decodeVector(once, vector.length));
          expect(again).to.deep.equal({ ...once, bytes: Uint8Array.from(once.bytes) });
        }),
        { seed: 1, numRuns: 300 },
      );
    });

    it(`${kind} ${JSON.stringify(options)} loses of an answer just what its residual keeps, round after round`, () => {
      const made = codec(kind, options);
      const finite = anyVector.filter((vector) => vector.every((value) => Math.abs(value) < 1e4));
      fc.assert(
        fc.property(fc.array(finite, { minLength: 1, maxLength: 4 }), (answers) => {
          let residuals: Residuals = {};
          for (const delta of answers) {
            const before = residuals['delta'] as Float32Array | undefined;
            const kept = before?.length === delta.length ? before : new Float32Array(delta.length);
            const whole = delta.map((value, i) => value + kept[i]);
            const answer = encodeAnswer(made, { delta }, residuals);
            const sent = decodeVector(answer.tensors['delta'], delta.length);
            expect(made.encode(sent).bytes).to.deep.equal(Uint8Array.from(answer.tensors['delta'].bytes));
            ({ residuals } = answer);
            if (!made.feedback) {
              expect(residuals).to.deep.equal({});
              continue;
            }
            // The exact sum, not rounded: what is lost is lost by no rounding either.
            for (const [i, value] of whole.entries()) expect(sent[i] + residuals['delta'][i]).to.equal(value);
            const again = encodeAnswer(made, { delta: sent });
            expect(again.residuals['delta'].every((value) => value === 0)).to.equal(true);
          }
        }),
        { seed: 1, numRuns: 100 },
      );
    });
  }

  it('say what they encode to in bytes', () => {
    const vector = numbers(1000);
    const bytes = (kind: string, options = {}) => {
      const made = codec(kind, options);
      const { length } = made.encode(vector).bytes;
      expect(made.bytes(1000)).to.equal(length);
      return length;
    };
    expect(bytes('float32')).to.equal(4000);
    expect(bytes('float16')).to.equal(2000);
    expect(bytes('int8', { blockSize: 256 })).to.equal(4 + 4 * 4 + 1000);
    expect(bytes('top-k', { fraction: 0.02 })).to.equal(20 * 8);
  });

  it('int8, by hand', () => {
    const { bytes } = codec('int8', { blockSize: 3 }).encode(Float32Array.of(127, -63.5, 1.5, 0, 0, 0, 254));
    const view = new DataView(bytes.buffer);
    expect(view.getUint32(0, true)).to.equal(3);
    expect([4, 8, 12].map((at) => view.getFloat32(at, true))).to.deep.equal([1, 2 ** -126, 2]);
    // −63.5 and 1.5 lie in the middle: to the even −64 and 2.
    expect([...new Int8Array(bytes.buffer, 16)]).to.deep.equal([127, -64, 2, 0, 0, 0, 127]);
  });

  it('top-k keeps the largest, the first of equal ones', () => {
    expect([...through('top-k', Float32Array.of(1, -3, 2, -2, 2, 0), { fraction: 0.5 })]).to.deep.equal([
      ...[0, -3, 2, -2, 0, 0],
    ]);
    fc.assert(
      fc.property(
        fc.float32Array({ noNaN: true, minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (vector, share) => {
          const sent = through('top-k', vector, { fraction: share });
          const k = Math.min(vector.length, Math.max(1, Math.round(share * vector.length)));
          const order = [...vector.keys()].sort((a, b) => Math.abs(vector[b]) - Math.abs(vector[a]) || a - b);
          const kept = new Set(order.slice(0, k));
          expect(sent).to.deep.equal(vector.map((value, i) => (kept.has(i) ? value : 0)));
        },
      ),
      { seed: 1 },
    );
  });

  it('do not hide what is not finite', () => {
    for (const kind of ['float32', 'float16', 'int8', 'top-k']) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const vector = numbers(600);
        vector[400] = bad;
        expect(through(kind, vector).every(Number.isFinite), `${kind} ${bad}`).to.equal(false);
      }
    }
  });

  it('with error feedback lose nothing for ever: what was sent and what is kept are what was meant', () => {
    for (const [kind, options] of [
      ['top-k', { fraction: 0.1 }],
      ['int8', { errorFeedback: true }],
    ] as const) {
      let residuals = {};
      const meant = new Float64Array(300);
      const sent = new Float64Array(300);
      for (let round = 0; round < 40; round++) {
        const delta = numbers(300, `round${round}`);
        const answer = encodeAnswer(codec(kind, options), { delta }, residuals);
        const received = decodeVector(answer.tensors['delta'], 300);
        ({ residuals } = answer);
        delta.forEach((value, i) => (meant[i] += value));
        received.forEach((value, i) => (sent[i] += value));
      }
      const kept = (residuals as { delta: Float32Array }).delta;
      for (let i = 0; i < 300; i++) expect(sent[i] + kept[i]).to.be.closeTo(meant[i], 1e-3);
    }
  });

  it('begin without a residual where the length of a vector has changed', () => {
    const first = encodeAnswer(codec('top-k', { fraction: 0.1 }), { delta: numbers(50) });
    const grown = numbers(60);
    const second = encodeAnswer(codec('top-k', { fraction: 1 }), { delta: grown }, first.residuals);
    expect(decodeVector(second.tensors['delta'], 60)).to.deep.equal(grown);
  });

  it('send messages to clients as they are under top-k, and coded under the others', () => {
    expect(messageCodec(codec('top-k')).encode(numbers(50)).encoding).to.equal('float32');
    expect(messageCodec(codec('int8')).encode(numbers(50)).encoding).to.equal('int8');
  });

  it('refuse bytes that are not theirs with a sentence', () => {
    const tensor = (encoding: 'int8' | 'top-k' | 'float16', length: number, content: number[]) => ({
      ...{ encoding, length },
      bytes: Uint8Array.from(content),
    });
    const wrong = [
      tensor('int8', 2, [0, 0, 0, 0, 1, 1]),
      tensor('int8', 2, [1, 0]),
      tensor('int8', 2, [1, 0, 0, 0, 0, 0, 1, 1]),
      tensor('int8', 4_000_000_000, [1, 0, 0, 0, 0, 0]),
      tensor('top-k', 2, [2, 0, 0, 0, 0, 0, 0, 0]),
      tensor('top-k', 1, new Array<number>(16).fill(0)),
      tensor('top-k', 3, new Array<number>(16).fill(0)),
      tensor('top-k', 3, [1, 2, 3]),
    ];
    for (const bad of wrong) expect(() => decodeVector(bad, bad.length)).to.throw(ProtocolError);
    expect(() => decodeVector(tensor('float16', 2, [0, 0, 0, 0]), 3)).to.throw(/it must have 3/);
  });
});
