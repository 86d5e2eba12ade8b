/** The hello of a worker that is new, takes whichever clients are free, and speaks plainly. */
import { wasmEngine } from '../../learning/index.js';
import type { MessageOf } from '../../protocol/index.js';

export function plainHello(software: string): MessageOf<'hello'> {
  const { kind, kernelHash } = wasmEngine();
  return {
    kind: 'hello',
    software,
    engine: { kind, kernel: kernelHash },
    plugins: {},
    claim: { kind: 'any' },
    encodings: ['float32'],
    holds: [],
    pending: [],
    checkpoints: [],
    epoch: 0,
  };
}
