/** What a hostile peer might send: random bytes, and real frames that are damaged in ways a decoder may trip over. */
import fc from 'fast-check';
import { stream, type Stream } from '../../numerics/index.js';
import { encode, encodeFrame, messages, type Message, type Way } from '../../protocol/index.js';
import { arbitraryMessage, messageKinds } from '../support/arbitrary-messages.js';

/** The WebSocket messages of one attack, and which way they go. */
export interface Attack {
  readonly way: Way;
  readonly pieces: readonly Uint8Array[];
  readonly how: string;
}

/** Numbers that lengths and counts break at. */
const edges = [
  0, 1, 2, 3, 7, 8, 15, 16, 255, 256, 0xffff, 0x10000, 0x80000, 0x7fffffff, 0x80000000, 0xfffffff8,
  0xffffffff,
];

const allWays = ['toCoordinator', 'toWorker', 'toPeer'] as const;

const pick = <Value>(draw: Stream, list: readonly Value[]): Value => list[Math.floor(draw() * list.length)];
const below = (draw: Stream, end: number) => Math.floor(draw() * end);

/** Real messages of every kind, the same for a seed. */
export function corpus(seed: number, each: number): Message[] {
  return messageKinds.flatMap((kind) => fc.sample(arbitraryMessage(kind), { numRuns: each, seed }));
}

/** What JSON is made of. */
const JSON_BYTES = [...new TextEncoder().encode('{}[]",:0-19eE.\\untrlf ')];

type Bytes = Uint8Array<ArrayBuffer>;
type Damage = (frame: Bytes, draw: Stream, others: readonly Bytes[]) => Bytes;

const damages: Readonly<Record<string, Damage>> = {
  flip(frame, draw) {
    for (let n = 1 + below(draw, 4); n > 0; n--) frame[below(draw, frame.length)] ^= 1 << below(draw, 8);
    return frame;
  },
  overwrite(frame, draw) {
    frame[below(draw, frame.length)] = below(draw, 256);
    return frame;
  },
  truncate: (frame, draw) => frame.slice(0, below(draw, frame.length)),
  extend: (frame, draw) => Uint8Array.from([...frame, ...new Array<number>(1 + below(draw, 40)).fill(0)]),
  /** A length, count or offset somewhere in preamble or table becomes another. */
  number(frame, draw) {
    const place = 4 * below(draw, Math.min(24, Math.floor(frame.length / 4)));
    new DataView(frame.buffer).setUint32(place, pick(draw, edges), true);
    return frame;
  },
  /** The header's text changes and stays text. */
  text(frame, draw) {
    for (let n = 1 + below(draw, 6); n > 0; n--) {
      frame[16 + below(draw, frame.length - 16)] = pick(draw, JSON_BYTES);
    }
    return frame;
  },
  splice(frame, draw, others) {
    const other = pick(draw, others);
    const cut = below(draw, frame.length);
    return Uint8Array.from([...frame.subarray(0, cut), ...other.subarray(below(draw, other.length))]);
  },
};

/** Header texts that real messages do not have, of any length that the preamble then says truly. */
function strangeHeader(draw: Stream): string {
  const many = 1 + below(draw, 3000);
  return pick(draw, [
    '['.repeat(many),
    '{"a":'.repeat(many),
    `[${'[],'.repeat(many)}0]`,
    `{"id":${'9'.repeat(many)}}`,
    `{"id":1e${many},"progress":${'[0,'.repeat(30)}`,
    `{"id":1,"id":2}`,
    `{"id":1,"__proto__":{"admin":true}}`,
    `{"id":1,"constructor":{"prototype":{}}}`,
    `{"id":1,"${'x'.repeat(many)}":1}`,
    `"${'\\'.repeat(many)}`,
    `{"clients":[${'-1,'.repeat(many)}0],"round":1}`,
    `{"received":[${'{},'.repeat(many)}{}]}`,
    '{"id":-0}',
    'null',
    '',
  ]);
}

function withHeader(tag: number, header: string): Bytes {
  const json = new TextEncoder().encode(header);
  const frame = new Uint8Array(Math.ceil((16 + json.length) / 8) * 8);
  const view = new DataView(frame.buffer);
  frame.set(new TextEncoder().encode('MURM'));
  frame[4] = 1;
  frame[5] = tag;
  view.setUint32(8, json.length, true);
  view.setUint32(12, frame.length, true);
  frame.set(json, 16);
  return frame;
}

/** Attack number `index` of a seed; each is made by itself, so that one can be repeated. */
export function attackMaker(seed: number, each = 20): (index: number) => Attack {
  const real = corpus(seed, each).map((message) => ({ message, frame: encodeFrame(message) }));
  const frames = real.map(({ frame }) => frame);
  const kinds = Object.keys(damages);

  function one(draw: Stream, { frame, message }: (typeof real)[number]): Omit<Attack, 'way'> {
    const choice = draw();
    if (choice < 0.05) {
      const random = Uint8Array.from({ length: below(draw, 200) }, () => below(draw, 256));
      if (draw() < 0.5) random.set(frame.subarray(0, Math.min(6, random.length)));
      return { how: 'random', pieces: [random] };
    }
    if (choice < 0.15) {
      const tag = messages[pick(draw, messageKinds)].tag;
      return { how: 'header', pieces: [withHeader(tag, strangeHeader(draw))] };
    }
    if (choice < 0.35) {
      const chunks = [...encode(message, 64 + below(draw, 200))];
      const how = pick(draw, ['drop', 'repeat', 'swap', 'damage', 'interleave', 'as it is']);
      const place = below(draw, chunks.length);
      const chunk = chunks[place];
      if (how === 'drop') chunks.splice(place, 1);
      else if (how === 'repeat') chunks.splice(place, 0, chunk);
      else if (how === 'swap') chunks.unshift(...chunks.splice(place, 1));
      else if (how === 'damage') chunks[place] = damages[pick(draw, kinds)](chunk, draw, frames);
      else if (how === 'interleave')
        chunks.splice(place, 0, pick(draw, frames), ...encode(pick(draw, real).message, 80));
      return { how: `chunks: ${how}`, pieces: chunks };
    }
    if (choice < 0.4) {
      const [first] = encode(message, 80);
      const view = new DataView(first.buffer);
      const announced = pick(draw, edges);
      view.setUint32(8, announced, true);
      if (first.length >= 32) view.setUint32(28, announced, true);
      return { how: 'chunks: announce', pieces: [first] };
    }
    const how = pick(draw, kinds);
    let damaged = damages[how](frame.slice(), draw, frames);
    if (draw() < 0.2 && damaged.length > 16)
      damaged = damages[pick(draw, kinds)](damaged.slice(), draw, frames);
    // Lengths that agree with each other get a damaged frame past the first checks.
    if (draw() < 0.5 && damaged.length >= 16)
      new DataView(damaged.buffer).setUint32(12, damaged.length, true);
    return { how: `${message.kind}: ${how}`, pieces: [damaged] };
  }

  return (index) => {
    const draw = stream(seed, 'attack', index);
    const chosen = pick(draw, real);
    const ways: readonly Way[] = draw() < 0.9 ? messages[chosen.message.kind].ways : allWays;
    return { way: pick(draw, ways), ...one(draw, chosen) };
  };
}
