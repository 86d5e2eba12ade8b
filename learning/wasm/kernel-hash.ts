/** The name of this engine's arithmetic: it changes whenever a kernel's code does. */
import { sha256, wasm } from '../../numerics/index.js';
import type { Layer } from '../layers/index.js';
import { buildModel, type Model } from '../model.js';
import { crossEntropy, type Loss } from '../objective.js';
import { emitTargets } from './kernels/embedding.js';
import { emitZeros } from './kernels/lists.js';
import { emitLoss } from './kernels/loss.js';
import { emitAddSquares, emitSquares, emitSweep } from './kernels/sweep.js';
import { emitPack, emitUnpack } from './kernels/transfer.js';
import type { UpdateRule } from './kernels/update.js';
import type { Kernels } from './operator.js';
import { planFor } from './planner.js';

/** Raised by hand where bits change but the kernels' code does not, such as the order in which they are called. */
const VERSION = 'wasm 1';

/** Small models that together have every kernel. */
export const references: readonly { readonly input: readonly number[]; readonly layers: readonly Layer[] }[] =
  [
    {
      input: [10],
      layers: [
        { kind: 'dense', units: 13, activation: 'relu' },
        { kind: 'dense', units: 11, activation: 'relu' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    },
    {
      input: [9, 9, 1],
      layers: [
        { kind: 'conv2d', filters: 9, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
        { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' },
        { kind: 'conv2d', filters: 8, kernel: 3, stride: 2, padding: 'same', activation: 'gelu' },
        { kind: 'activation', function: 'sigmoid' },
        { kind: 'pool', pooling: 'average', kernel: 2, stride: 1, padding: 'same' },
        { kind: 'global-pool', pooling: 'max' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    },
    {
      input: [5],
      layers: [
        { kind: 'embedding', vocabulary: 7, width: 9 },
        { kind: 'dense', units: 12, activation: 'relu' },
        { kind: 'lstm', units: 9, returns: 'sequence' },
        { kind: 'lstm', units: 8, returns: 'last' },
        { kind: 'dense', units: 7, activation: 'none' },
      ],
    },
    {
      input: [5],
      layers: [
        { kind: 'embedding', vocabulary: 7, width: 9 },
        { kind: 'dense', units: 7, activation: 'none' },
      ],
    },
    {
      input: [6, 6, 3],
      layers: [
        { kind: 'conv2d', filters: 8, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
        {
          kind: 'residual',
          layers: [
            { kind: 'group-norm', groups: 2 },
            { kind: 'conv2d', filters: 9, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
          ],
          shortcut: [
            { kind: 'conv2d', filters: 9, kernel: 1, stride: 1, padding: 'same', activation: 'none' },
          ],
        },
        { kind: 'batch-norm', momentum: 0.9 },
        { kind: 'dropout', rate: 0.5 },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    },
    {
      input: [6],
      layers: [
        { kind: 'embedding', vocabulary: 7, width: 16 },
        { kind: 'positional' },
        {
          kind: 'residual',
          layers: [{ kind: 'layer-norm' }, { kind: 'attention', heads: 2 }],
        },
        { kind: 'dense', units: 7, activation: 'none' },
      ],
    },
  ];

/** The losses besides plain cross-entropy. */
const losses: readonly Loss[] = [
  { kind: 'cross-entropy', smoothing: 0.1 },
  { kind: 'squared-error' },
  { kind: 'distillation', temperature: 3, weight: 0.5 },
];

/** The types of stored inputs that a model takes: tokens are bytes, other inputs may be either. */
export const typesOf = ({ layers }: Model) =>
  layers[0].traits.vocabulary === undefined ? (['uint8', 'float32'] as const) : (['uint8'] as const);

/** Defined in the bundle only, by packaging/bundle.ts: emitting the reference kernels takes half a second of every start. */
declare const BUNDLED_KERNEL_HASH: string | undefined;

let known = typeof BUNDLED_KERNEL_HASH === 'string' ? BUNDLED_KERNEL_HASH : undefined;

/** SHA-256 of the code of reference kernels; computed once. */
export function kernelHash(): string {
  known ??= sha256(VERSION + referenceModules().map(sha256).join());
  return known;
}

function referenceModules(): Uint8Array[] {
  const terms = { proximal: true, linear: true } as const;
  const rule: UpdateRule = { moments: 'nesterov', weightDecay: 'coupled', ...terms };
  const adamw: UpdateRule = { moments: 'adam', weightDecay: 'decoupled', ...terms };
  const modules: Uint8Array[] = [];
  /** Keeps the code of the kernels that are asked for, which then do nothing. */
  const collect: Kernels = (_, emit) => {
    const functions = emit().map((kernel, index) => ({ ...kernel, name: String(index) }));
    modules.push(wasm.assemble(functions));
    return functions.map(() => () => 0);
  };
  for (const loss of losses) {
    const [{ input, layers }] = references;
    const plan = planFor(buildModel({ input, layers }), loss, {
      shape: input,
      type: 'uint8',
      scale: 1,
      shift: 0,
    });
    collect('', () => emitLoss(plan, 'delta', loss));
    if (loss.kind === 'squared-error') collect('', () => emitLoss(plan, 'hits', loss));
  }
  const models = references.map((spec) => buildModel(spec));
  for (const { model, type } of models.flatMap((model) => typesOf(model).map((type) => ({ model, type })))) {
    const plan = planFor(model, crossEntropy, { shape: model.spec.input, type, scale: 1, shift: 0 });
    const { distance, logits, panels } = plan;
    if (logits.positions > 1) collect('', () => [emitTargets(logits.positions)]);
    collect('', () => emitLoss(plan, 'delta', { kind: 'cross-entropy', smoothing: 0 }));
    collect('', () => emitLoss(plan, 'hits', { kind: 'cross-entropy', smoothing: 0 }));
    collect('', () => [emitZeros(plan.stored.at), emitPack(plan), emitUnpack(plan)]);
    collect('', () => [
      emitSweep(distance, rule),
      emitSweep(distance, adamw),
      emitAddSquares(distance),
      emitSquares(panels[0], distance),
    ]);
    for (const sparse of [true, false]) {
      const feed = { sparse, offset: 0, stored: plan.stored.at, labels: plan.stored.labels };
      for (const sink of [rule, 'accumulate'] as const) {
        for (const [index, { operator }] of plan.operators.entries()) {
          const forward = operator.forward(collect, { sink, frozen: false, random: true });
          const backward = operator.backward(collect, sink, index > 0);
          for (const rows of [7, 33]) {
            forward(rows, feed);
            backward(rows, feed);
          }
        }
      }
    }
  }
  return modules;
}
