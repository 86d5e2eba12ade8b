/**
 * The gradient of a convolution's filters for TensorFlow.js's wasm backend, which lacks it: itself a convolution,
 * dW[kh, kw, ci, co] = Σ x[b, s·oh + kh − p, s·ow + kw − p, ci] · dy[b, oh, ow, co], of x with channels and examples
 * changed about, by dy as filters that are as far apart as the strides.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Attributes of the kernel, as TensorFlow.js's gradient of conv2d sets them. */
const attributes = z.object({
  strides: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  pad: z.union([z.enum(['valid', 'same']), z.number()]),
  filterShape: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});
type Attributes = z.output<typeof attributes>;

const kernelName = 'Conv2DBackpropFilter';

export function registerFilterGradient(tf: typeof Core, backendName: string): void {
  if (tf.getKernelsForBackend(backendName).some((kernel) => kernel.kernelName === kernelName)) return;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs;
      const parsed = attributes.parse(attrs);
      return tf.tidy(() => filterGradient(tf, x as Tensor4D, dy as Tensor4D, parsed));
    },
  });
}

function filterGradient(
  tf: typeof Core,
  x: Tensor4D,
  dy: Tensor4D,
  { strides, pad, filterShape }: Attributes,
): Tensor4D {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
  const { top, left } = info.padInfo;
  const [rows, rowPads] = reach(info.inHeight, top, info.outHeight, info.strideHeight, info.filterHeight);
  const [columns, columnPads] = reach(info.inWidth, left, info.outWidth, info.strideWidth, info.filterWidth);
  const used = tf.slice(x, [0, 0, 0, 0], [-1, rows, columns, -1]);
  const padded = tf.pad(used, [[0, 0], rowPads, columnPads, [0, 0]]);
  const gradient = tf.conv2d(
    tf.transpose(padded, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]),
    1,
    'valid',
    'NHWC',
    [info.strideHeight, info.strideWidth],
  );
  return tf.transpose(gradient, [1, 2, 0, 3]);
}

/** How much of an axis windows reach, and the padding before and after it that they reach too. */
function reach(
  extent: number,
  before: number,
  windows: number,
  stride: number,
  kernel: number,
): [used: number, pads: [number, number]] {
  const end = (windows - 1) * stride + kernel - before;
  return [Math.min(end, extent), [before, Math.max(end - extent, 0)]];
}
