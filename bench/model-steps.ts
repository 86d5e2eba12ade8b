/**
 * SGD steps of the named models, in turns with PyTorch and with TensorFlow.js on its wasm backend, on one thread each: processor time, which other programs on the
 * machine disturb less than the clock's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadEngine, nativeKernels, type KernelsChoice } from '../learning/host/index.js';
import {
  buildModel,
  initialWeights,
  models,
  wasmEngine,
  type Engine,
  type Examples,
} from '../learning/index.js';
import { drawInteger, quantile, range, stream } from '../numerics/index.js';
import { kernelsHere } from './native.js';
import { operationsOf } from './operations.js';
import { findTorch, oneThread } from './torch.js';

export interface ModelTiming {
  readonly model: string;
  readonly batch: number;
  readonly kernels: KernelsChoice;
  /** Whether inputs of zero are left out, where a model can do that. */
  readonly sparse?: boolean;
  /** Median milliseconds of a step, ours and PyTorch's (where it is there), and the median of the turns' ratios. */
  readonly ours: number;
  readonly torch?: number;
  readonly ratio?: number;
  /** The same of TensorFlow.js's, whose turns are of fewer steps. */
  readonly tfjs?: number;
  readonly tfjsRatio?: number;
  /** Thousand million multiplications and additions a second of our median step. */
  readonly rate: number;
}

const [MNIST, CIFAR, TEXT] = [[28, 28, 1], [32, 32, 3], [80]];
interface Kind {
  readonly model: string;
  readonly input: readonly number[];
  readonly batches: readonly number[];
  /** Its first layer leaves out inputs of zero, unless it is told not to. */
  readonly leavesOut?: boolean;
}
const kinds: readonly Kind[] = [
  { model: '2nn', input: MNIST, batches: [10, 64], leavesOut: true },
  { model: 'cnn', input: MNIST, batches: [10, 50] },
  { model: 'lenet5', input: MNIST, batches: [10, 50] },
  { model: 'resnet8', input: CIFAR, batches: [10, 32] },
  { model: 'resnet20', input: CIFAR, batches: [10] },
  { model: 'vgg9', input: CIFAR, batches: [10, 32] },
  { model: 'char-lstm', input: TEXT, batches: [10, 50] },
  { model: 'char-transformer', input: TEXT, batches: [10, 50] },
];
/** About how long a turn takes. */
const TURN_SECONDS = 0.4;

export async function timeModels(turns: number): Promise<ModelTiming[]> {
  const torch = await startTorch();
  const tensorFlow = await startTensorFlow();
  const timings: ModelTiming[] = [];
  for (const { model, input, batches, leavesOut = false } of kinds) {
    for (const batch of batches) {
      const contenders = kernelsHere().flatMap((kernels) =>
        (leavesOut ? [true, false] : [undefined]).map((sparse) => ({
          kernels,
          ...(sparse !== undefined && { sparse }),
          ...stepsOf(
            wasmEngine({ native: nativeKernels(kernels), sparse: sparse ?? true }),
            model,
            input,
            batch,
          ),
        })),
      );
      // Kernels are compiled in earnest while the first steps run.
      for (const { take } of contenders) take(20);
      const steps = Math.max(1, Math.ceil(TURN_SECONDS / (contenders[0].take(3) / 3)));
      const theirs = tensorFlow && stepsOf(tensorFlow, model, input, batch);
      const few = theirs === undefined ? 0 : Math.max(1, Math.ceil(TURN_SECONDS / theirs.take(1)));
      const rounds: { ours: readonly number[]; torch: number; tfjs: number }[] = [];
      for (let turn = 0; turn < turns; turn++) {
        rounds.push({
          ours: contenders.map(({ take }) => (1000 * take(steps)) / steps),
          torch: (1000 * ((await torch?.seconds(model, batch, steps)) ?? NaN)) / steps,
          tfjs: (1000 * (theirs?.take(few) ?? NaN)) / few,
        });
      }
      const median = (of: (round: (typeof rounds)[number]) => number) => quantile(rounds.map(of), 0.5);
      timings.push(
        ...contenders.map(({ kernels, sparse, operations }, i) => {
          const ours = median((round) => round.ours[i]);
          return {
            ...{ model, batch, kernels, ours },
            ...(sparse !== undefined && { sparse }),
            rate: operations / ours / 1e6,
            ...(torch && {
              torch: median((round) => round.torch),
              ratio: median((round) => round.torch / round.ours[i]),
            }),
            ...(theirs && {
              tfjs: median((round) => round.tfjs),
              tfjsRatio: median((round) => round.tfjs / round.ours[i]),
            }),
          };
        }),
      );
    }
  }
  torch?.end();
  return timings;
}

/** Steps, whose seconds of processor time are the result, and how many operations one has. */
function stepsOf(
  engine: Engine,
  kind: string,
  input: readonly number[],
  batch: number,
): { readonly take: (steps: number) => number; readonly operations: number } {
  const classes = input === TEXT ? 80 : 10;
  const model = buildModel(models.create({ kind }, { input, classes }));
  const examples = randomExamples(input, classes, 4 * batch);
  const weights = initialWeights(model, 1);
  const order = range(examples.count);
  const take = (steps: number) => {
    const before = process.cpuUsage();
    engine.train({
      ...{ model, weights, examples, batchSize: batch, amount: { steps } },
      order: () => order,
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
      rate: () => 0.01,
    });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  return { take, operations: batch * operationsOf(model) };
}

/** As many zeros as MNIST's digits have; tokens and colours have none. */
function randomExamples(shape: readonly number[], classes: number, count: number): Examples {
  const draw = stream(1, 'examples');
  const bytes = shape.reduce((a, b) => a * b, 1);
  const most = shape === TEXT ? classes : 256;
  const density = shape === MNIST ? 0.2 : 1;
  const stored = Uint8Array.from({ length: count * bytes }, () =>
    draw() < density ? drawInteger(draw, most) : 0,
  );
  const labels = Array.from({ length: count }, () => drawInteger(draw, classes));
  return {
    count,
    input: { shape, type: 'uint8', scale: shape === TEXT ? 1 : 1 / 255, shift: 0 },
    copyInput: (index, into, at) => {
      into.set(stored.subarray(index * bytes, (index + 1) * bytes), at);
    },
    label: (index) => labels[index],
  };
}

/** TensorFlow.js on its wasm backend; nothing where it is not installed. */
async function startTensorFlow(): Promise<Engine | undefined> {
  try {
    return await loadEngine({ kind: 'tfjs', backend: 'wasm' });
  } catch {
    return undefined;
  }
}

/** PyTorch in a process of its own, which answers requests; nothing where there is no PyTorch. */
async function startTorch() {
  const python = await findTorch();
  if (python === undefined) return undefined;
  const script = fileURLToPath(new URL('../../bench/torch/model_steps.py', import.meta.url));
  const child = spawn(python, [script], { env: oneThread, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    async seconds(model: string, batch: number, steps: number): Promise<number> {
      child.stdin.write(`${JSON.stringify({ model, batch, steps })}\n`);
      const [line] = (await once(lines, 'line')) as [string];
      return z.object({ seconds: z.number() }).parse(JSON.parse(line)).seconds;
    },
    end: () => {
      child.stdin.end();
    },
  };
}
