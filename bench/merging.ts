/**
 * Merging against copying: two models of the 2NN's size become one in place of the first, among more models than the
 * processor's caches hold. 12 bytes a weight merged (two read, one written), 8 a weight copied. The simulator keeps
 * models in slabs of up to 4 GiB; what lies in another slab, or in an array of its own, is brought in block by block.
 */
import { layOut, type Manifest } from '../learning/index.js';
import { mergeInPlace, mergeRules, SCRATCH_BYTES, type MergeRule } from '../merging/index.js';
import { drawInteger, quantile, stream, type Stream } from '../numerics/index.js';

/** The 784-200-200-10 network. */
const manifest = layOut([
  { name: 'dense1/kernel', shape: [784, 200], role: 'weight' },
  { name: 'dense1/bias', shape: [200], role: 'bias' },
  { name: 'dense2/kernel', shape: [200, 200], role: 'weight' },
  { name: 'dense2/bias', shape: [200], role: 'bias' },
  { name: 'dense3/kernel', shape: [200, 10], role: 'weight' },
  { name: 'dense3/bias', shape: [10], role: 'bias' },
]);

export interface MergingSpeed {
  readonly what: string;
  /** Gigabytes a second, median over the rounds. */
  readonly gigabytes: number;
  /** Against the copy of the same run. */
  readonly ratio: number;
}

/** Times copying and merging in turns, on pairs drawn anew each round. */
export function measureMerging({ models = 200, rounds = 150 } = {}): MergingSpeed[] {
  const apart = Array.from(
    { length: models },
    () => new Float32Array(new SharedArrayBuffer(4 * manifest.length)),
  );
  const [slab, other] = [inOneMemory(models, manifest), inOneMemory(models, manifest)];
  for (const set of [apart, slab, other]) fill(set);

  const context = { manifest, initialVariance: manifest.tensors.map(() => 0.01) };
  const plain = mergeRules.create({ kind: 'mean', share: 0.5 }, context);
  const corrected = mergeRules.create({ kind: 'variance-corrected' }, context);
  const contenders = [
    {
      what: 'copy',
      bytes: 8,
      run: (a: number, b: number) => {
        slab[a].set(slab[b]);
      },
    },
    { what: 'plain mean, models in one slab', bytes: 12, run: merging(plain, slab, slab) },
    { what: 'variance-corrected, models in one slab', bytes: 12, run: merging(corrected, slab, slab) },
    { what: 'plain mean, models in two slabs', bytes: 12, run: merging(plain, slab, other) },
    { what: 'variance-corrected, models in two slabs', bytes: 12, run: merging(corrected, slab, other) },
    { what: 'plain mean, models in arrays of their own', bytes: 12, run: merging(plain, apart, apart) },
    {
      what: 'variance-corrected, models in arrays of their own',
      bytes: 12,
      run: merging(corrected, apart, apart),
    },
  ];
  const draw = stream(1, 'bench', 'merging');
  const times = contenders.map((): number[] => []);
  const warmUp = Math.ceil(rounds / 4);
  for (let round = -warmUp; round < rounds; round++) {
    contenders.forEach(({ run }, index) => {
      const [a, b] = twoOf(draw, models);
      const start = performance.now();
      run(a, b);
      if (round >= 0) times[index].push(performance.now() - start);
    });
  }
  const speeds = contenders.map(({ bytes }, i) => (bytes * manifest.length) / quantile(times[i], 0.5) / 1e6);
  return contenders.map(({ what }, i) => ({ what, gigabytes: speeds[i], ratio: speeds[i] / speeds[0] }));
}

const merging =
  (rule: MergeRule, own: readonly Float32Array[], received: readonly Float32Array[]) =>
  (a: number, b: number) => {
    rule.merge({
      own: { weights: own[a], samples: 1 },
      received: [{ weights: received[b], samples: 1 }],
      into: own[a],
    });
  };

function twoOf(draw: Stream, count: number): [number, number] {
  const a = drawInteger(draw, count);
  return [a, (a + 1 + drawInteger(draw, count - 1)) % count];
}

/** Models side by side in one memory that threads share, in which this thread merges in place. */
function inOneMemory(count: number, { length }: Manifest): Float32Array[] {
  const start = Math.ceil(SCRATCH_BYTES / 64) * 64;
  const pages = Math.ceil((start + 4 * length * count) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  mergeInPlace(memory, 0);
  return Array.from(
    { length: count },
    (_, i) => new Float32Array(memory.buffer, start + 4 * length * i, length),
  );
}

/** Weights that differ from model to model, cheaply. */
function fill(models: readonly Float32Array[]): void {
  const draw = stream(1, 'bench', 'weights');
  const pool = Float32Array.from({ length: manifest.length + models.length }, () => draw() - 0.5);
  models.forEach((model, i) => {
    model.set(pool.subarray(i, i + manifest.length));
  });
}
