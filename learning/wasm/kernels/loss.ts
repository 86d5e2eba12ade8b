/** The loss of each example, and what follows from it: a derivative, or a hit. */
import type { wasm } from '../../../numerics/index.js';
import type { Loss } from '../../objective.js';
import type { MemoryMap } from '../memory-map.js';
import { emitCrossEntropy } from './cross-entropy.js';
import { emitDistillation } from './distillation.js';
import type { LossOutput } from './loss-output.js';
import { emitSquaredError } from './squared-error.js';

/**
 * loss(rows, labels): adds each example's loss to `lossSum`, in their order; the last function of the module, of which
 * 0 and 1 are exp and log.
 */
export function emitLoss(
  { logits, distilled }: MemoryMap,
  want: LossOutput,
  loss: Loss,
): wasm.WasmFunction[] {
  switch (loss.kind) {
    case 'cross-entropy':
      return emitCrossEntropy(logits, want, loss.smoothing);
    case 'squared-error':
      return emitSquaredError(logits, want);
    case 'distillation':
      if (want === 'hits' || distilled === undefined) throw new TypeError('a teacher is for training');
      return emitDistillation(logits, distilled, loss);
  }
}
