import { Registry } from '../../registry/index.js';
import { CodecRangeError, type Codec } from './codec.js';
import { float16 } from './float16.js';
import { float32 } from './float32.js';
import { int8 } from './int8.js';
import { topK } from './top-k.js';

/** The encodings of vectors between coordinator, workers and nodes. */
export const codecs = new Registry<undefined, Codec>('codec', [float32, float16, int8, topK]);
export { CodecRangeError, type Codec };
