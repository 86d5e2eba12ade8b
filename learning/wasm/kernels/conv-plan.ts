/** What the kernels of a convolution know of it. All work on one example at a time; offsets are in bytes. */
import type { wasm } from '../../../numerics/index.js';
import type { NativeForm } from './native-form.js';
import { evenBlocks } from './blocks.js';
import type { PanelPlace } from '../panels.js';

export interface ConvPlan {
  readonly panels: PanelPlace;
  /** Channels of a pixel of the image, and the numbers that it takes with its padding. */
  readonly channels: number;
  readonly stride: number;
  readonly kernel: number;
  /** The stride of the windows, from pixel to pixel. */
  readonly step: number;
  /** Windows down and across. */
  readonly down: number;
  readonly across: number;
  readonly relu: boolean;
  /** From one line of the image, with its border of zeros, to the next. */
  readonly line: number;
  /** The image's numbers from its first line and pixel on, with and without the border. */
  readonly image: {
    readonly height: number;
    readonly lineBytes: number;
    readonly first: number;
    readonly bytes: number;
    readonly hasBorder: boolean;
  };
}

/** Bytes of a pixel of the image, and of one of the output. */
export const pixelBytes = ({ stride }: ConvPlan) => 4 * stride;
export const outputBytes = ({ panels }: ConvPlan) => 4 * panels.width;

/** From a line of a transposed kernel to the next: whole vectors. */
export const transposedLine = ({ kernel, stride }: ConvPlan) => 16 * Math.ceil((kernel * stride) / 4);
/** Bytes of one filter, transposed. */
export const filterBytes = (plan: ConvPlan) => plan.kernel * transposedLine(plan);

/** One of a window's vectors: where it lies in the image from the window's corner, and in a transposed filter. */
export interface WindowVector {
  readonly inImage: number;
  readonly inFilter: number;
}

/** So many sums are in registers at a time. */
const MOST_SUMS = 10;

/** A window's vectors in groups whose sums fit the registers. */
export function windowChunks(plan: ConvPlan): WindowVector[][] {
  const line = transposedLine(plan);
  const vectors = Array.from({ length: plan.kernel }, (_, row) =>
    Array.from({ length: line / 16 }, (__, i) => ({
      inImage: row * plan.line + 16 * i,
      inFilter: row * line + 16 * i,
    })),
  ).flat();
  let from = 0;
  return evenBlocks(vectors.length, MOST_SUMS).flatMap(({ size, count }) =>
    Array.from({ length: count }, () => vectors.slice(from, (from += size))),
  );
}

export type Fresh = (type: wasm.ValueType) => wasm.Local;

/** What all native kernels of a convolution know of it. */
export const convConstants = ({ kernel, stride, step, line }: ConvPlan): NativeForm['constants'] => ({
  ...{ kernel, stride, step, line },
});
