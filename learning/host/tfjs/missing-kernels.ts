/**
 * TensorFlow.js's wasm backend lacks a few kernels that its cpu backend has. Here a kernel that one backend lacks is
 * done by another, its inputs copied there and its outputs back.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { KernelBackend, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

export function delegateMissingKernels(tf: typeof Core, from: string, to: string): void {
  const has = new Set(tf.getKernelsForBackend(from).map(({ kernelName }) => kernelName));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(to)) {
    if (has.has(kernelName)) continue;
    tf.registerKernel({
      kernelName,
      backendName: from,
      kernelFunc({ inputs, attrs }) {
        const [source, other] = [backendOf(tf, from), backendOf(tf, to)];
        const copies: [string, TensorInfo][] = [];
        for (const [name, info] of Object.entries(inputs)) {
          if (info !== undefined) copies.push([name, copyOf(info, source, other)]);
        }
        const made = kernelFunc({
          inputs: Object.fromEntries(copies),
          backend: other,
          ...(attrs && { attrs }),
        });
        const outputs = [made].flat().map((info) => {
          const back = copyOf(info, other, source);
          other.disposeData(info.dataId);
          return back;
        });
        for (const [, { dataId }] of copies) other.disposeData(dataId);
        return Array.isArray(made) ? outputs : outputs[0];
      },
    });
  }
}

/** Sum kernels of one input only are called with a list, which none of the missing ones takes. */
function copyOf({ dataId, shape, dtype }: TensorInfo, from: KernelBackend, to: KernelBackend): TensorInfo {
  const values = from.readSync(dataId) as TypedArray;
  return { dataId: to.write(values, shape, dtype), shape, dtype };
}

function backendOf(tf: typeof Core, name: string): KernelBackend {
  return tf.engine().findBackend(name);
}
