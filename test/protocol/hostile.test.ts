import { expect } from 'chai';
import {
  closeCodes,
  decodeFrame,
  encode,
  encodeFrame,
  FrameReader,
  HANDSHAKE_LIMITS,
  messages,
  ProtocolError,
  tensorOf,
  type CloseReason,
  type FrameLimits,
  type Message,
} from '../../protocol/index.js';
import { fuzzCodec, fuzzLimits, type Reader } from '../fuzz/fuzz-codec.js';

const limits: FrameLimits = { frameBytes: 4096, headerBytes: 1024, tensors: 2 };
const ping = { kind: 'ping', id: 77 } as const;

const bundle = (...tensors: [string, number][]): Message => ({
  kind: 'gossip',
  ...{ peer: 'w1', epoch: 1, number: 1, messages: [] },
  tensors: new Map(tensors.map(([name, length]) => [name, tensorOf(new Uint8Array(length).fill(1))])),
});

/** A frame with some of its bytes changed. */
function changed(message: Message, change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeFrame(message);
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

/** A ping whose header is this text. */
function withHeader(text: string): Uint8Array {
  const json = Buffer.from(text);
  const bytes = new Uint8Array(Math.ceil((16 + json.length) / 8) * 8);
  bytes.set(encodeFrame(ping).subarray(0, 16));
  bytes.set(json, 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  view.setUint32(12, bytes.length, true);
  return bytes;
}

const wrong: [what: string, bytes: Uint8Array, reason: CloseReason, sentence: RegExp][] = [
  ['nothing', new Uint8Array(0), 'malformed', /shorter than its preamble/],
  [
    'another magic',
    changed(ping, (view) => {
      view.setUint8(0, 0);
    }),
    'malformed',
    /the letters MURM/,
  ],
  [
    'another version',
    changed(ping, (view) => {
      view.setUint8(4, 9);
    }),
    'version',
    /version 9 .* not spoken/,
  ],
  [
    'an unknown tag',
    changed(ping, (view) => {
      view.setUint8(5, 200);
    }),
    'malformed',
    /no message with the tag 200/,
  ],
  [
    'a message to others',
    encodeFrame({ kind: 'start', epoch: 1, until: 1, durable: 0 }),
    'unexpected',
    /'start' must not be sent to the coordinator/,
  ],
  [
    'tensors where none may be',
    changed(ping, (view) => {
      view.setUint16(6, 1, true);
    }),
    'malformed',
    /has no tensors/,
  ],
  [
    'too many tensors',
    encodeFrame(bundle(['a', 1], ['b', 1], ['c', 1])),
    'tooLarge',
    /3 tensors .* 2 are allowed/,
  ],
  [
    'a header too long',
    changed(ping, (view) => {
      view.setUint32(8, 5000, true);
    }),
    'tooLarge',
    /5000 bytes of header/,
  ],
  ['a frame too long', encodeFrame(bundle(['a', 5000])), 'tooLarge', /4096 are allowed/],
  [
    'a length that is not its own',
    changed(ping, (view) => {
      view.setUint32(12, 64, true);
    }),
    'malformed',
    /of 64 bytes was announced/,
  ],
  [
    'a header beyond the end',
    changed(ping, (view) => {
      view.setUint32(8, 500, true);
    }),
    'malformed',
    /header goes beyond/,
  ],
  [
    'padding',
    changed(ping, (_, bytes) => {
      bytes[bytes.length - 1] = 1;
    }),
    'malformed',
    /padding is not zero/,
  ],
  [
    'a tensor of wrong length',
    changed(bundle(['a', 8]), (view) => {
      view.setUint32(16, 9, true);
    }),
    'malformed',
    /must have 9/,
  ],
  [
    'a tensor beyond the end',
    changed(bundle(['a', 8]), (view) => {
      view.setUint32(20, 80, true);
    }),
    'malformed',
    /'a' goes beyond/,
  ],
  [
    'an unknown encoding',
    changed(bundle(['a', 8]), (view) => {
      view.setUint8(24, 99);
    }),
    'malformed',
    /no encoding 99/,
  ],
  [
    'a name of a tensor',
    changed(bundle(['a', 8]), (view) => {
      view.setUint8(28, 0);
    }),
    'malformed',
    /name that is not allowed/,
  ],
  ['an empty header', withHeader(''), 'malformed', /not JSON/],
  ['a header cut short', withHeader('{"id":1'), 'malformed', /not JSON/],
  [
    'a header that is not UTF-8',
    changed(ping, (_, bytes) => {
      bytes[17] = 0xff;
    }),
    'malformed',
    /not UTF-8/,
  ],
  ['a field twice', withHeader('{"id":1,"\\u0069d":2}'), 'malformed', /twice/],
  ['a prototype', withHeader('{"id":1,"__proto__":{}}'), 'malformed', /__proto__/],
  ['an unknown field', withHeader('{"id":1,"ok":true}'), 'malformed', /'ping' is not right: .*"ok"/],
  ['a missing field', withHeader('{}'), 'malformed', /'ping' is not right: id/],
  ['a field of another type', withHeader('{"id":"1"}'), 'malformed', /id: .*expected number/],
  ['a number too large', withHeader('{"id":1e400}'), 'malformed', /id/],
  ['deep nesting', withHeader(`{"id":${'['.repeat(60)}`), 'malformed', /deeper than 32/],
];

describe('what a hostile peer sends', () => {
  for (const [what, bytes, reason, sentence] of wrong) {
    it(`is refused with its close code: ${what}`, () => {
      const reader = new FrameReader('toCoordinator', limits);
      expect(() => reader.read(bytes))
        .to.throw(ProtocolError, sentence)
        .and.include({ reason, code: closeCodes[reason].code });
      expect(reader.held).to.equal(0);
    });
  }

  it('is refused with two tensors of one name', () => {
    const bytes = encodeFrame(bundle(['a', 8], ['b', 8]));
    bytes[16 + 16 + 12] = 'a'.charCodeAt(0);
    expect(() => decodeFrame(bytes, 'toCoordinator', limits)).to.throw(/two tensors 'a'/);
  });

  it('takes no memory for a chunked frame that is not allowed, by its first chunk', () => {
    const reader = new FrameReader('toCoordinator', limits);
    const [first] = encode(bundle(['a', 5000]), 256);
    expect(() => reader.read(first)).to.throw(ProtocolError, /4096 are allowed/);
    expect(reader.held).to.equal(0);
  });

  it('holds one frame at most: chunks come in order, whole frames may come between', () => {
    const chunks = [...encode(bundle(['a', 600]), 256)];
    const reader = new FrameReader('toCoordinator', limits);
    reader.read(chunks[0]);
    expect(reader.held).to.be.above(600).and.below(800);
    expect(reader.read(encodeFrame(ping))).to.deep.equal(ping);
    const [, second, third] = chunks;
    for (const bad of [chunks[0], third, second.subarray(0, 16), changedOffset(second)]) {
      expect(() => reader.read(bad)).to.throw(ProtocolError, /chunk/);
    }
    for (const chunk of chunks.slice(1, -1)) expect(reader.read(chunk)).to.equal(undefined);
    expect(reader.read(chunks[chunks.length - 1])).to.deep.equal(bundle(['a', 600]));
  });

  it('is complained about once, however long the list of what is wrong', () => {
    const results = new Array<unknown>(1000).fill([]);
    const { error } = messages.evaluated.header.safeParse({ id: 1, results });
    expect(error?.issues).to.have.lengthOf(1);
    expect(error?.issues[0].path).to.deep.equal(['results', 0]);
    const scalars = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`a${i}`, 'b']));
    const update = { round: 1, client: 1, attempt: 0, samples: 1, steps: 1, scalars, vectors: {} };
    expect(messages.update.header.safeParse(update).error?.issues).to.have.lengthOf(1);
  });

  it('may be little before it is known who it is', () => {
    expect(HANDSHAKE_LIMITS.frameBytes).to.be.at.most(2 ** 17);
    expect(HANDSHAKE_LIMITS.tensors).to.equal(0);
  });

  it('never gets more than a ProtocolError out of the reader: 20,000 frames (npm run fuzz:codec has more)', () => {
    const { messages: read, refusals } = fuzzCodec({ frames: 20_000 });
    // Frames get through every layer of checks, and are refused by every one.
    expect(read).to.be.above(500);
    for (const reason of ['malformed', 'version', 'tooLarge', 'unexpected']) {
      expect(refusals[reason], reason).to.be.above(50);
    }
  });

  describe('is found out to break a reader', () => {
    const broken = (read: (reader: Reader, bytes: Uint8Array) => Message | undefined) => () =>
      fuzzCodec({ frames: 20_000 }, (way) => {
        const reader = new FrameReader(way, fuzzLimits);
        return {
          read: (bytes) => read(reader, bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes)),
          get held() {
            return reader.held;
          },
        };
      });

    it('that makes a view of a tensor before it looks where its frame ends', () => {
      const hasty = broken((reader, bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        if (bytes.length > 32 && bytes[5] > 0 && bytes[6] > 0) {
          const first = new Uint8Array(bytes.buffer, view.getUint32(20, true));
          return first.length > 0 ? reader.read(bytes) : undefined;
        }
        return reader.read(bytes);
      });
      expect(hasty).to.throw(/attack \d+ .*RangeError.*npm run fuzz:codec -- --seed 1 --from \d+ --frames 1/);
    });

    it('that takes what JSON.parse throws for its own', () => {
      expect(
        broken((reader, bytes) => {
          try {
            return reader.read(bytes);
          } catch (error) {
            if (error instanceof Error && error.message.includes('not JSON'))
              throw new SyntaxError('', { cause: error });
            throw error;
          }
        }),
      ).to.throw(/attack \d+ .*SyntaxError/);
    });

    it('that holds whatever was announced', () => {
      const unbounded = () =>
        fuzzCodec({ frames: 20_000 }, (way) => new FrameReader(way, { ...fuzzLimits, frameBytes: 2 ** 20 }));
      expect(unbounded).to.throw(/attack \d+ \(chunks: announce\): Error: 524288 bytes are held/);
    });
  });
});

function changedOffset(chunk: Uint8Array): Uint8Array {
  const copy = chunk.slice();
  new DataView(copy.buffer).setUint32(12, 1, true);
  return copy;
}
