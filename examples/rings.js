/** A plugin: a dataset of points in the plane, whose class is the ring around the origin that they lie in. */
import { define, stream, z } from 'murmuration-fl';

/** Arrays lie in shared memory, so that all threads read the same ones. */
function examples(count, classes, draw) {
  const inputs = new Float32Array(new SharedArrayBuffer(8 * count));
  const labels = new Int32Array(new SharedArrayBuffer(4 * count));
  for (let i = 0; i < count; i++) {
    const [x, y] = [2 * draw() - 1, 2 * draw() - 1];
    inputs.set([x, y], 2 * i);
    labels[i] = Math.min(classes - 1, Math.floor(classes * Math.sqrt(x * x + y * y)));
  }
  return {
    count,
    labels,
    inputs: new Uint8Array(inputs.buffer),
    input: { shape: [2], type: 'float32', scale: 1, shift: 0 },
  };
}

export const datasets = [
  define({
    kind: 'rings',
    summary: 'Points in the plane; the class is the ring around the origin.',
    options: {
      classes: z.number().int().min(2).default(3).describe('how many rings'),
      count: z.number().int().positive().default(2000).describe('training examples'),
    },
    create: ({ classes, count }, { seed }) => ({
      name: 'rings',
      classes,
      train: examples(count, classes, stream(seed, 'data', 'rings', 'train')),
      test: examples(1000, classes, stream(seed, 'data', 'rings', 'test')),
      checksums: {},
    }),
  }),
];
