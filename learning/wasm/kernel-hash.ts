/** The name of this engine's arithmetic: it changes whenever a kernel's code does. */
import { sha256, wasm } from '../../numerics/index.js';
import { buildModel } from '../model.js';
import { emitForward } from './kernels/forward.js';
import { emitGradient } from './kernels/gradient.js';
import { emitConvert } from './kernels/input.js';
import { emitInputDelta } from './kernels/input-delta.js';
import { emitColumnLists, emitRowLists, emitZeros } from './kernels/lists.js';
import { emitLoss } from './kernels/loss.js';
import { emitSparseForward, emitSparseGradient } from './kernels/sparse.js';
import { emitSquares, emitSweep } from './kernels/sweep.js';
import { emitPack, emitUnpack } from './kernels/transfer.js';
import type { UpdateRule } from './kernels/update.js';
import { planFor } from './plan.js';

/** Raised by hand where bits change but the kernels' code does not, such as the order in which they are called. */
const VERSION = 'wasm 1';

let known: string | undefined;

/** SHA-256 of the code of reference kernels; computed once. */
export function kernelHash(): string {
  known ??= sha256(VERSION + referenceModules().map(sha256).join());
  return known;
}

function referenceModules(): Uint8Array[] {
  const layers = [
    { kind: 'dense', units: 13, activation: 'relu' },
    { kind: 'dense', units: 3, activation: 'none' },
  ] as const;
  const model = buildModel({ input: [10], layers });
  const rule: UpdateRule = { momentum: 'nesterov', weightDecay: true, proximal: true, linear: true };
  return (['uint8', 'float32'] as const).map((type) => {
    const plan = planFor(model, { shape: [10], type, scale: 1, shift: 0 });
    const [below, layer] = plan.layers;
    const { distance } = plan;
    return wasm.assemble(
      [
        ...emitLoss(layer, 'delta'),
        ...emitLoss(layer, 'hits'),
        emitConvert(plan),
        ...[emitZeros(plan), emitRowLists(plan), emitColumnLists(plan), emitSparseForward(plan)],
        emitSparseGradient(plan, 'accumulate'),
        emitPack(plan),
        emitUnpack(plan),
        emitSweep(plan, rule),
        emitSquares(layer, distance),
        ...[7, 33].flatMap((rows) => [
          emitForward(below, rows),
          emitInputDelta(layer, below.outputDelta, rows, plan.transposed, true),
          emitGradient(below, distance, rows, rule),
          emitGradient(layer, distance, rows, 'accumulate'),
        ]),
      ].map((kernel, index) => ({ ...kernel, name: String(index) })),
    );
  });
}
