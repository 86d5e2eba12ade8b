/** IEEE 754 half precision: float32 ↔ float16, rounded to nearest, ties to even, as hardware does. */

const cell = new Float32Array(1);
const bitsOfCell = new Uint32Array(cell.buffer);

/** The 16 bits of the half nearest to a float32; what is too large becomes infinite. */
export function halfBits(value: number): number {
  cell[0] = value;
  const bits = bitsOfCell[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  // 65520 and above are nearer to infinity than to 65504, the largest half.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴: adding ½ in float32 rounds to just these.
  if (magnitude < 0x38800000) {
    cell[0] = Math.abs(value) + 0.5;
    return sign | (bitsOfCell[0] - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** The number that 16 bits of a half stand for; every one is a float32. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  // Shifted into float32's place: the exponent's bias is 127 there and 15 here.
  bitsOfCell[0] = ((exponent + 112) << 23) | (fraction << 13);
  return sign * cell[0];
}
