import { define } from '../../registry/index.js';
import { tensorOf } from '../tensor.js';
import type { Codec } from './codec.js';

export const exactly: Codec = {
  encoding: 'float32',
  everywhere: true,
  feedback: false,
  encode: tensorOf,
  bytes: (length) => 4 * length,
};

export const float32 = define({
  kind: 'float32',
  summary: 'Vectors as they are: 4 bytes a number.',
  options: {},
  create: () => exactly,
});
