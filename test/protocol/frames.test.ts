import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeFrame,
  encode,
  encodeFrame,
  encodeInPieces,
  FrameReader,
  messages,
  tensorOf,
  numbersOf,
  type FrameLimits,
  type Message,
  type MessageOf,
  type Way,
} from '../../protocol/index.js';
import { arbitraryMessage, messageKinds } from '../support/arbitrary-messages.js';

const limits: FrameLimits = { frameBytes: 2 ** 24, headerBytes: 2 ** 20, tensors: 16 };

const wayOf = ({ kind }: Message): Way => messages[kind].ways[0];

/** What comes out at the other end, by chunks of a size. */
function across(message: Message, chunkBytes: number): Message {
  const reader = new FrameReader(wayOf(message), limits);
  const pieces = [...encode(message, chunkBytes)];
  const read = pieces.map((piece) => reader.read(piece));
  expect(read.slice(0, -1).every((none) => none === undefined)).to.equal(true);
  const last = read.at(-1);
  if (last === undefined) throw new Error('the message never came');
  expect(reader.held).to.equal(0);
  return last;
}

describe('frames', () => {
  for (const kind of messageKinds) {
    it(`bring every ${kind} across, whole and in chunks`, () => {
      fc.assert(
        fc.property(arbitraryMessage(kind), fc.integer({ min: 64, max: 300 }), (message, chunkBytes) => {
          expect(across(message, Infinity)).to.deep.equal(message);
          expect(across(message, chunkBytes)).to.deep.equal(message);
        }),
        { numRuns: 50, seed: 1 },
      );
    });
  }

  it('are the same in pieces, of which large tensors are the memory that they lie in', () => {
    const large = new Float32Array(50_001).map((_, i) => i);
    const tensors = new Map([
      ['few', tensorOf(Uint8Array.of(1, 2, 3))],
      ['large', tensorOf(large)],
      ['more', tensorOf(Uint8Array.of(4))],
    ]);
    const message: Message = { kind: 'mismatch', differs: ['weights'], tensors };
    for (const chunkBytes of [Infinity, 100_000, 16_500]) {
      const whole = [...encode(message, chunkBytes)];
      const pieces = [...encodeInPieces(message, chunkBytes)];
      expect(pieces.map((each) => Buffer.concat(each))).to.deep.equal(whole.map((each) => Buffer.from(each)));
      const views = pieces.flat().filter(({ buffer }) => buffer === large.buffer);
      expect(views.reduce((sum, { length }) => sum + length, 0)).to.be.above(0.9 * large.byteLength);
    }
  });

  it('have a tag of its own for every message', () => {
    const tags = messageKinds.map((kind) => messages[kind].tag);
    expect(new Set(tags).size).to.equal(tags.length);
    expect(Math.max(...tags)).to.be.below(256);
  });

  it('are encoded as docs/protocol.md shows', () => {
    const [, shown] = /```\n(4d 55 52 4d .*)\n```/.exec(readFileSync('docs/protocol.md', 'utf8')) ?? [];
    const frame = encodeFrame({ kind: 'ping', id: 7 });
    expect(Buffer.from(frame).toString('hex')).to.equal(shown.replaceAll(' ', ''));
  });

  it('can be read wherever they lie in a larger buffer, as sockets hand them over', () => {
    const frame = encodeFrame({
      kind: 'update',
      round: 1,
      client: 2,
      attempt: 0,
      samples: 3,
      steps: 1,
      scalars: { loss: 1 },
      vectors: { delta: 'v' },
      tensors: new Map([['v', tensorOf(Float32Array.of(1, 2, 3))]]),
    });
    for (let offset = 0; offset < 8; offset++) {
      const buffer = Buffer.alloc(frame.length + offset);
      buffer.set(frame, offset);
      const read = decodeFrame(buffer.subarray(offset), 'toCoordinator', limits);
      if (read.kind !== 'update') throw new Error('an update comes as an update');
      expect([...numbersOf(read.tensors, 'v', 'float32')]).to.deep.equal([1, 2, 3]);
    }
  });

  it('can be read from whatever pieces they come in, and from those that they are made of without a copy', () => {
    const message: MessageOf<'update'> = {
      kind: 'update',
      ...{ round: 1, client: 0, attempt: 0, samples: 3, steps: 1, scalars: { loss: 1 } },
      vectors: { delta: 'd', other: 'o' },
      tensors: new Map([
        ['d', tensorOf(new Float32Array(5001).map((_, i) => i))],
        ['o', tensorOf(Float32Array.of(4, 5))],
      ]),
    };
    const frame = encodeFrame(message);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(frame.length)), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), frame.length];
        const pieces = ends.map((end, i) => frame.subarray(ends[i - 1] ?? 0, end));
        expect(decodeFrame(pieces, 'toCoordinator', limits)).to.deep.equal(message);
        const reader = new FrameReader('toCoordinator', limits);
        const chunks = [...encode(message, 4096)].map((chunk) => [chunk.subarray(0, 9), chunk.subarray(9)]);
        expect(chunks.map((chunk) => reader.read(chunk)).at(-1)).to.deep.equal(message);
      }),
    );
    const [pieces] = encodeInPieces(message, Infinity);
    const read = decodeFrame(pieces, 'toCoordinator', limits);
    if (read.kind !== 'update') throw new Error(read.kind);
    expect(read.tensors.get('d')?.bytes.buffer).to.equal(message.tensors.get('d')?.bytes.buffer);
  });

  it('give tensors as views, not copies', () => {
    const weights = Float32Array.of(1, 2, 3);
    const frame = encodeFrame({
      kind: 'update',
      ...{ round: 1, client: 0, attempt: 0, samples: 3, steps: 1, scalars: { loss: 1 } },
      vectors: { delta: 'd' },
      tensors: new Map([['d', tensorOf(weights)]]),
    });
    const read = decodeFrame(frame, 'toCoordinator', limits);
    if (read.kind !== 'update') throw new Error(read.kind);
    const view = numbersOf(read.tensors, 'd', 'float32');
    expect(view).to.deep.equal(weights);
    expect(view.buffer).to.equal(frame.buffer);
    // From memory that is not aligned they are copied once, and right.
    const shifted = new Uint8Array(frame.length + 1);
    shifted.set(frame, 1);
    const again = decodeFrame(shifted.subarray(1), 'toCoordinator', limits);
    if (again.kind !== 'update') throw new Error(again.kind);
    expect(numbersOf(again.tensors, 'd', 'float32')).to.deep.equal(weights);
  });
});
