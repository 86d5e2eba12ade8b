/**
 * TensorFlow.js's layers call operations as methods of tensors (x.flatten()). Those are registered by modules of
 * tfjs-core that Node.js cannot load by themselves, and by the umbrella package, which is too large for us: so here.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

export function registerChainedOps(tf: typeof Core): void {
  const add = (name: string, method: (tensor: Tensor, ...rest: unknown[]) => unknown): void => {
    if (name in tf.Tensor.prototype) return;
    Reflect.set(tf.Tensor.prototype, name, function (this: Tensor, ...rest: unknown[]) {
      return method(this, ...rest);
    });
  };
  add('flatten', (x) => tf.reshape(x, [x.size]));
  add('as1D', (x) => tf.reshape(x, [x.size]));
  add('asScalar', (x) => tf.reshape(x, []));
  for (const rank of [2, 3, 4, 5]) add(`as${rank}D`, (x, ...shape) => tf.reshape(x, shape.map(Number)));
  add('toFloat', (x) => tf.cast(x, 'float32'));
  add('toInt', (x) => tf.cast(x, 'int32'));
  add('toBool', (x) => tf.cast(x, 'bool'));
  add('asType', (x, type) => tf.cast(x, type as Core.DataType));
  add('reshapeAs', (x, other) => tf.reshape(x, (other as Tensor).shape));
  add('concat', (x, others, axis) => tf.concat([x, ...tensors(others)], axis as number | undefined));
  add('stack', (x, others, axis) => tf.stack([x, ...tensors(others)], axis as number | undefined));
  add('where', (x, condition, other) => tf.where(condition as Tensor, x, other as Tensor));
  // All others have an operation's own name, and the tensor as its first argument.
  for (const [name, operation] of Object.entries(tf)) {
    if (typeof operation !== 'function' || !/^[a-z]/.test(name)) continue;
    add(name, (x, ...rest): unknown => Reflect.apply(operation, tf, [x, ...rest]));
  }
}

const tensors = (one: unknown): Tensor[] => (Array.isArray(one) ? (one as Tensor[]) : [one as Tensor]);
