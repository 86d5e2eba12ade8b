/** Mutated copies of a message's tensors: their names, lengths, encodings and values, by what each encoding is made of. */
import { encodings, type Encoding, type Tensor, type Tensors } from '../../protocol/index.js';
import type { Changed } from './value-mutations.js';

export function* tensorsMutations(tensors: Tensors): Generator<Changed<Tensors>, void> {
  for (const [name, tensor] of tensors) {
    const field = `tensors.${name}`;
    const others = [...tensors].filter(([other]) => other !== name);
    yield { field, change: 'missing', value: new Map(others) };
    yield { field, change: 'renamed', value: new Map([...others, [`${name}x`, tensor]]) };
    yield { field, change: 'a name that is not allowed', value: new Map([...others, ['a b', tensor]]) };
    yield { field, change: 'there twice', value: new Map([...tensors, [`${name}x`, tensor]]) };
    for (const [other, content] of others) {
      const swapped = new Map([...tensors, [name, content], [other, tensor]]);
      yield { field, change: `swapped with ${other}`, value: swapped };
    }
    for (const { change, value } of tensorMutations(tensor)) {
      yield { field, change, value: new Map([...tensors, [name, value]]) };
    }
  }
}

type Change = Omit<Changed<Tensor>, 'field'>;

function* tensorMutations(tensor: Tensor): Generator<Change, void> {
  const { encoding, length, bytes } = tensor;
  for (const other of new Set([0, 4, length - 1, length + 1, 2 ** 31, 2 ** 32 - 1])) {
    if (other >= 0 && other !== length)
      yield { change: `of ${other} numbers by its table`, value: { ...tensor, length: other } };
  }
  for (const other of Object.keys(encodings) as Encoding[]) {
    if (other !== encoding) yield { change: `called ${other}`, value: { ...tensor, encoding: other } };
  }
  yield { change: 'without its last byte', value: { ...tensor, bytes: bytes.slice(0, -1) } };
  yield { change: 'with a byte more', value: { ...tensor, bytes: Uint8Array.of(...bytes, 0) } };
  yield { change: 'without bytes', value: { ...tensor, bytes: new Uint8Array() } };
  for (const [change, apply] of partsOf(tensor)) {
    const value = bytes.slice();
    apply(new DataView(value.buffer));
    if (Buffer.compare(value, bytes) !== 0) yield { change, value: { ...tensor, bytes: value } };
  }
  const width = widths[encoding];
  if (width === undefined) return;
  for (const numbers of new Set([0, 4, length - 1, length + 1])) {
    if (numbers < 0 || numbers === length) continue;
    const other = new Uint8Array(numbers * width);
    other.set(bytes.subarray(0, other.length));
    yield { change: `of ${numbers} numbers`, value: { ...tensor, length: numbers, bytes: other } };
  }
}

const widths: Readonly<Partial<Record<Encoding, number>>> = {
  float32: 4,
  float16: 2,
  uint32: 4,
  int64: 8,
  bytes: 1,
};

type Write = (view: DataView) => void;

/** Numbers of one kind that lie one after another in a tensor. */
interface Run {
  readonly what: string;
  readonly from: number;
  readonly count: number;
  readonly width: number;
  readonly changes: Readonly<Record<string, (before: bigint, place: number) => bigint>>;
}

/** Changes of the bytes: of all numbers of a kind, of the first and of the last alone. */
function* partsOf(tensor: Tensor): Generator<[change: string, Write], void> {
  for (const { what, from, count, width, changes } of runsOf(tensor)) {
    for (const [how, change] of Object.entries(changes)) {
      const at = (places: readonly number[]) => (view: DataView) => {
        for (const place of places)
          write(view, from + place * width, width, (before) => change(before, place));
      };
      yield [`${what}: all ${how}`, at(Array.from({ length: count }, (_, place) => place))];
      if (count > 1) yield [`${what}: the first ${how}`, at([0])];
      if (count > 1) yield [`${what}: the last ${how}`, at([count - 1])];
    }
  }
}

function runsOf({ encoding, length, bytes }: Tensor): Run[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (encoding === 'float32') return [{ what: 'values', from: 0, count: length, width: 4, changes: float32 }];
  if (encoding === 'float16') return [{ what: 'values', from: 0, count: length, width: 2, changes: float16 }];
  if (encoding === 'int64')
    return [{ what: 'values', from: 0, count: length, width: 8, changes: integers(64) }];
  if (encoding === 'uint32')
    return [{ what: 'values', from: 0, count: length, width: 4, changes: integers(32) }];
  if (encoding === 'bytes')
    return [{ what: 'bytes', from: 0, count: length, width: 1, changes: integers(8) }];
  if (encoding === 'top-k') {
    const k = bytes.length / 8;
    const repeated =
      k < 2
        ? {}
        : {
            'those of the next': (_: bigint, i: number) =>
              BigInt(view.getUint32(4 * Math.min(i + 1, k - 1), true)),
          };
    return [
      {
        what: 'places',
        from: 0,
        count: k,
        width: 4,
        changes: { ...integers(32), 'beyond the vector': () => BigInt(length), ...repeated },
      },
      { what: 'values', from: 4 * k, count: k, width: 4, changes: float32 },
    ];
  }
  const blocks = (bytes.length - 4 - length) / 4;
  return [
    { what: 'block', from: 0, count: 1, width: 4, changes: integers(32) },
    { what: 'scales', from: 4, count: blocks, width: 4, changes: float32 },
    { what: 'values', from: 4 + 4 * blocks, count: length, width: 1, changes: integers(8) },
  ];
}

const integers = (bits: number): Run['changes'] => ({
  zero: () => 0n,
  'one more': (before) => BigInt.asUintN(bits, before + 1n),
  'the largest': () => 2n ** BigInt(bits - 1) - 1n,
  'the least': () => 2n ** BigInt(bits - 1),
  'all bits': () => 2n ** BigInt(bits) - 1n,
});

const cell = new DataView(new ArrayBuffer(4));
const bitsOf = (value: number) => {
  cell.setFloat32(0, value);
  return BigInt(cell.getUint32(0));
};
const valueOf = (bits: bigint) => {
  cell.setUint32(0, Number(bits));
  return cell.getFloat32(0);
};

const float32: Run['changes'] = {
  zero: () => 0n,
  NaN: () => 0x7fc00000n,
  infinite: () => 0x7f800000n,
  '-infinite': () => 0xff800000n,
  'the largest': () => 0x7f7fffffn,
  'the least': () => 0xff7fffffn,
  '2^30': () => bitsOf(2 ** 30),
  'a thousandfold negative': (before) => bitsOf(-1000 * valueOf(before)),
};

const float16: Run['changes'] = {
  zero: () => 0n,
  NaN: () => 0x7e00n,
  infinite: () => 0x7c00n,
  '-infinite': () => 0xfc00n,
  'the largest': () => 0x7bffn,
  'the least': () => 0xfbffn,
};

function write(view: DataView, at: number, width: number, change: (before: bigint) => bigint): void {
  if (width === 8) view.setBigUint64(at, change(view.getBigUint64(at, true)), true);
  else if (width === 4) view.setUint32(at, Number(change(BigInt(view.getUint32(at, true)))), true);
  else if (width === 2) view.setUint16(at, Number(change(BigInt(view.getUint16(at, true)))), true);
  else view.setUint8(at, Number(change(BigInt(view.getUint8(at)))));
}
