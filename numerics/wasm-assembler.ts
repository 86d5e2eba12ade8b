/**
 * A small WebAssembly assembler: instructions are byte sequences, nested freely and flattened at the end.
 * Kernels are emitted at run time because shapes then become constants, which leaves registers for sums.
 */
export type Code = number | Uint8Array | readonly Code[];

export const valueType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueType;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const floatBytes = (value: number, size: 4 | 8): number[] => {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return Array.from(new Uint8Array(view.buffer));
};

/** A load or store: `align` is the base-two logarithm of the alignment it may assume. */
const memory = (opcode: readonly number[], align: number) => (offset: number) => [
  ...opcode,
  align,
  ...unsigned(offset),
];
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];

export const local = {
  get: (index: number) => [0x20, ...unsigned(index)],
  set: (index: number) => [0x21, ...unsigned(index)],
  tee: (index: number) => [0x22, ...unsigned(index)],
};

export const i32 = {
  const: (value: number) => [0x41, ...signed(value)],
  load: memory([0x28], 2),
  load8u: memory([0x2d], 0),
  store: memory([0x36], 2),
  eqz: [0x45],
  eq: [0x46],
  ne: [0x47],
  ctz: [0x68],
  popcnt: [0x69],
  ltS: [0x48],
  ltU: [0x49],
  gtU: [0x4b],
  geU: [0x4f],
  add: [0x6a],
  sub: [0x6b],
  mul: [0x6c],
  and: [0x71],
  or: [0x72],
  xor: [0x73],
  shl: [0x74],
  shrU: [0x76],
  truncF32: [0xa8],
  /** Not a number gives 0, and nothing traps. */
  truncSaturatedF32: [0xfc, 0x00],
  reinterpretF32: [0xbc],
};

export const i64 = {
  load: memory([0x29], 3),
  store: memory([0x37], 3),
  eqz: [0x50],
  add: [0x7c],
  truncSaturatedF64: [0xfc, 0x06],
};

export const f32 = {
  const: (value: number) => [0x43, ...floatBytes(value, 4)],
  load: memory([0x2a], 2),
  store: memory([0x38], 2),
  eq: [0x5b],
  ne: [0x5c],
  lt: [0x5d],
  gt: [0x5e],
  abs: [0x8b],
  neg: [0x8c],
  floor: [0x8e],
  sqrt: [0x91],
  add: [0x92],
  sub: [0x93],
  mul: [0x94],
  div: [0x95],
  min: [0x96],
  max: [0x97],
  fromI32: [0xb2],
  fromU32: [0xb3],
  fromF64: [0xb6],
  reinterpretI32: [0xbe],
};

export const f64 = {
  const: (value: number) => [0x44, ...floatBytes(value, 8)],
  load: memory([0x2b], 3),
  store: memory([0x39], 3),
  abs: [0x99],
  nearest: [0x9e],
  sqrt: [0x9f],
  add: [0xa0],
  sub: [0xa1],
  mul: [0xa2],
  div: [0xa3],
  max: [0xa5],
  fromI64: [0xb9],
  fromF32: [0xbb],
};

export const v128 = {
  load: memory(simd(0), 2),
  load32Splat: memory(simd(9), 2),
  load32Zero: memory(simd(92), 2),
  load64Zero: memory(simd(93), 2),
  store: memory(simd(11), 2),
  load32Lane: (offset: number, lane: number) => [...memory(simd(86), 2)(offset), lane],
  store32Lane: (offset: number, lane: number) => [...memory(simd(90), 2)(offset), lane],
  zero: [...simd(12), ...new Array<number>(16).fill(0)],
  const: (bytes: readonly number[]) => [...simd(12), ...bytes],
  shuffle: (lanes: readonly number[]) => [...simd(13), ...lanes],
  not: simd(77),
  and: simd(78),
  andNot: simd(79),
  or: simd(80),
  xor: simd(81),
  select: simd(82),
};

export const f32x4 = {
  splat: simd(19),
  extractLane: (lane: number) => [...simd(31), lane],
  replaceLane: (lane: number) => [...simd(32), lane],
  eq: simd(65),
  ne: simd(66),
  lt: simd(67),
  gt: simd(68),
  le: simd(69),
  ge: simd(70),
  abs: simd(224),
  neg: simd(225),
  sqrt: simd(227),
  add: simd(228),
  sub: simd(229),
  mul: simd(230),
  div: simd(231),
  min: simd(232),
  max: simd(233),
  pmin: simd(234),
  pmax: simd(235),
  floor: simd(104),
  fromI32x4: simd(250),
  fromU32x4: simd(251),
};

export const i8x16 = { eq: simd(35), bitmask: simd(100) };

export const i32x4 = {
  splat: simd(17),
  extendLow8u: [...simd(137), ...simd(169)],
  shl: simd(171),
  shrU: simd(173),
  mul: simd(181),
  geU: simd(64),
  maxS: simd(184),
  add: simd(174),
  bitmask: simd(164),
  /** Not a number gives 0, and nothing traps. */
  truncSaturatedF32x4: simd(248),
};

export const f64x2 = {
  splat: simd(20),
  extractLane: (lane: number) => [...simd(33), lane],
  promoteLowF32x4: simd(95),
  nearest: simd(148),
  abs: simd(236),
  pmax: simd(247),
  add: simd(240),
  sub: simd(241),
  mul: simd(242),
  div: simd(243),
};

export const i64x2 = { add: simd(206), sub: simd(209) };

export const control = {
  /** A block whose label `br(0)` leaves it. */
  block: (...body: Code[]): Code => [0x02, 0x40, body, 0x0b],
  /** A loop whose label `br(0)` starts it again. */
  loop: (...body: Code[]): Code => [0x03, 0x40, body, 0x0b],
  if: (then: Code, otherwise?: Code): Code => [
    0x04,
    0x40,
    then,
    ...(otherwise === undefined ? [] : [0x05, otherwise]),
    0x0b,
  ],
  br: (depth: number) => [0x0c, ...unsigned(depth)],
  brIf: (depth: number) => [0x0d, ...unsigned(depth)],
  return: [0x0f],
  call: (index: number) => [0x10, ...unsigned(index)],
  select: [0x1b],
  drop: [0x1a],
};

/** Whole blocks of memory: (target, source, bytes) and (target, byte, bytes). */
export const bulk = { copy: [0xfc, 0x0a, 0x00, 0x00], fill: [0xfc, 0x0b, 0x00] };

function sizeOf(code: Code): number {
  if (typeof code === 'number') return 1;
  if (code instanceof Uint8Array) return code.length;
  let size = 0;
  for (const part of code) size += sizeOf(part);
  return size;
}

/** Writes code to `into` from `at` on; gives the place after it. */
function write(code: Code, into: Uint8Array, at: number): number {
  if (typeof code === 'number') {
    into[at] = code;
    return at + 1;
  }
  if (code instanceof Uint8Array) {
    into.set(code, at);
    return at + code.length;
  }
  for (const part of code) at = write(part, into, at);
  return at;
}

function bytesOf(code: Code): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOf(code));
  write(code, bytes, 0);
  return bytes;
}

const list = (items: readonly Code[]): Code => [unsigned(items.length), items];
const sized = (code: Code): Code => {
  const bytes = bytesOf(code);
  return [unsigned(bytes.length), bytes];
};
const text = (name: string) => sized(new TextEncoder().encode(name));

/** A parameter or local of a function under construction. */
export interface Local {
  readonly get: Code;
  readonly set: Code;
  readonly tee: Code;
}

export interface WasmFunction<Name extends string = string> {
  readonly name: Name;
  readonly parameters: readonly ValueType[];
  readonly results?: readonly ValueType[];
  /** Further locals; their indices follow the parameters'. */
  readonly locals?: readonly ValueType[];
  readonly body: Code;
}

/** A function whose locals are made while its body is written: `fresh('v128')` is a new one. */
export function defineFunction<Name extends string>(
  name: Name,
  signature: { readonly parameters?: readonly ValueType[]; readonly results?: readonly ValueType[] },
  build: (parameters: readonly Local[], fresh: (type: ValueType) => Local) => Code,
): WasmFunction<Name> {
  const { parameters = [], results = [] } = signature;
  const locals: ValueType[] = [];
  const at = (index: number): Local => ({
    get: local.get(index),
    set: local.set(index),
    tee: local.tee(index),
  });
  const body = build(
    parameters.map((_, index) => at(index)),
    (type) => at(parameters.length + locals.push(type) - 1),
  );
  return { name, parameters, results, locals, body };
}

/** Limits of an imported memory: none, or those of a memory that threads share (which must name a maximum). */
const memoryLimits = (shared: boolean) => (shared ? [0x03, 0x00, ...unsigned(65536)] : [0x00, 0x00]);

/**
 * The bytes of a module that imports its memory as `host.memory` and exports every function by name.
 * @param shared whether that memory is one that threads share: the module fits only the kind it was made for
 */
export function assemble(functions: readonly WasmFunction[], shared = false): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, results = [] }) => [
    0x60,
    list(parameters.map((type) => valueType[type])),
    list(results.map((type) => valueType[type])),
  ]);
  const bodies = functions.map(({ locals = [], body }) =>
    sized([list(locals.map((type) => [1, valueType[type]])), body, 0x0b]),
  );
  const section = (id: number, content: Code): Code => [id, sized(content)];
  return bytesOf([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, list(types)),
    section(2, list([[text('host'), text('memory'), 0x02, memoryLimits(shared)]])),
    section(3, list(functions.map((_, index) => unsigned(index)))),
    section(7, list(functions.map(({ name }, index) => [text(name), 0x00, unsigned(index)]))),
    section(10, list(bodies)),
  ]);
}
