/** Feature skew: each kind on small images by hand, and what all kinds promise. */
import { expect } from 'chai';
import { FeatureError, features, Shard, type FeatureContext, type FeatureSkew } from '../../data/index.js';
import type { InputFormat, Transform } from '../../learning/index.js';
import { normalQuantiles } from '../../data/features/normal-quantiles.js';
import { turn } from '../../data/features/rotation.js';
import { deviation, mean } from '../../numerics/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import type { Choice } from '../../registry/index.js';
import { smallRecipe } from '../support/small-recipe.js';

const bytesOf = (...shape: number[]): InputFormat => ({ shape, type: 'uint8', scale: 1 / 255, shift: 0 });
const floatsOf = (...shape: number[]): InputFormat => ({ shape, type: 'float32', scale: 1, shift: 0 });

const context = (input: InputFormat, more: Partial<FeatureContext> = {}): FeatureContext => ({
  seed: 9,
  clients: 5,
  classes: 4,
  labels: new Int32Array(100),
  input,
  ...more,
});

/** What `client` sees of `image`, the training example `index`. */
function seen(choice: Choice, ctx: FeatureContext, client: number, image: number[], index = 0): number[] {
  const skew = features.create(choice, ctx);
  return changed(skew, ctx, skew.client(client), image, index);
}

/** `image` as the skew reads it, after a transform. */
function changed(
  skew: FeatureSkew,
  ctx: FeatureContext,
  change: Transform | undefined,
  image: readonly number[],
  index: number,
): number[] {
  const { type } = skew.input ?? ctx.input;
  const numbers = type === 'uint8' ? Uint8Array.from(image) : Float32Array.from(image);
  change?.(new Uint8Array(numbers.buffer), index);
  return [...numbers];
}

// prettier-ignore
const letterL = [
  1, 0, 0,
  2, 0, 0,
  3, 4, 5,
];

describe('every feature skew', () => {
  const colour = Array.from({ length: 48 }, (_, i) => (i * 41) % 256);
  for (const kind of ['none', 'rotation', 'noise', 'grayscale']) {
    it(`${kind} shows an example alike each time, in every thread, whatever was shown before`, () => {
      const ctx = context(bytesOf(4, 4, 3));
      const skew = features.create({ kind }, ctx);
      for (const client of [4, 1, 0]) {
        const transform = skew.client(client);
        for (const index of [7, 8, 7]) {
          expect(changed(skew, ctx, transform, colour, index)).to.deep.equal(
            seen({ kind }, ctx, client, colour, index),
          );
        }
      }
    });
  }

  it('is listed here', () => {
    expect(features.entries.map(({ kind }) => kind)).to.deep.equal([
      'none',
      'rotation',
      'noise',
      'grayscale',
    ]);
  });

  it('changes float32 inputs wherever they lie', () => {
    const ctx = context(floatsOf(1, 4, 1));
    const transform = features.create({ kind: 'rotation', groups: 2 }, ctx).client(1);
    const buffer = new Uint8Array(21);
    const unaligned = buffer.subarray(3, 19);
    unaligned.set(new Uint8Array(Float32Array.of(0.5, -1, 2, 1e-3).buffer));
    transform?.(unaligned, 0);
    expect([...new Float32Array(unaligned.slice().buffer)]).to.deep.equal([Math.fround(1e-3), 2, -1, 0.5]);
    expect([...buffer.subarray(0, 3), ...buffer.subarray(19)]).to.deep.equal([0, 0, 0, 0, 0]);
  });

  it('reaches a client’s shard, and leaves the stored examples alone', () => {
    const inputs = new Uint8Array(new SharedArrayBuffer(18));
    inputs.set([...letterL, ...letterL.map((x) => 10 * x)]);
    const set = {
      count: 2,
      input: bytesOf(3, 3, 1),
      inputs,
      labels: new Int32Array(new SharedArrayBuffer(8)),
    };
    const transform = features.create({ kind: 'rotation', groups: 2 }, context(set.input)).client(1);
    const shard = new Shard(set, Uint32Array.of(1), transform);
    const into = new Uint8Array(10);
    shard.copyInput(0, into, 1);
    expect([...into]).to.deep.equal([0, 50, 40, 30, 0, 0, 20, 0, 0, 10]);
    expect([...inputs.subarray(9)]).to.deep.equal(letterL.map((x) => 10 * x));
  });
});

describe('rotation', () => {
  it('by quarter turns is exact, counter-clockwise, one group after another', () => {
    const choice = { kind: 'rotation', groups: 4 };
    const ctx = context(bytesOf(3, 3, 1));
    for (const interpolation of ['bilinear', 'nearest']) {
      const turned = [0, 1, 2, 3, 4].map((client) =>
        seen({ ...choice, interpolation }, ctx, client, letterL),
      );
      expect(turned[0]).to.deep.equal(letterL);
      expect(turned[1]).to.deep.equal([0, 0, 5, 0, 0, 4, 1, 2, 3]);
      expect(turned[2]).to.deep.equal([5, 4, 3, 0, 0, 2, 0, 0, 1]);
      expect(turned[3]).to.deep.equal([3, 2, 1, 4, 0, 0, 5, 0, 0]);
      expect(turned[4]).to.deep.equal(letterL);
    }
  });

  it('moves the channels of a pixel together', () => {
    const image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    expect(seen({ kind: 'rotation', groups: 4 }, context(bytesOf(2, 2, 3)), 1, image)).to.deep.equal([
      4, 5, 6, 10, 11, 12, 1, 2, 3, 7, 8, 9,
    ]);
  });

  it('by an eighth of a turn interpolates between four pixels', () => {
    // The pixel right of the centre looks up the place (√½, √½) below and right of it in the original.
    const image = [0, 0, 0, 0, 100, 40, 0, 80, 200];
    const [, , , , , right] = seen({ kind: 'rotation', groups: 8 }, context(bytesOf(3, 3, 1)), 1, image);
    const s = Math.SQRT1_2;
    const expected = (1 - s) ** 2 * 100 + s * (1 - s) * 40 + s * (1 - s) * 80 + s * s * 200;
    expect(right).to.equal(Math.round(expected));
  });

  it('draws an angle for each client, within the limit, whatever the number of clients', () => {
    const image = Array.from({ length: 81 }, (_, i) => (i * 29) % 256);
    const views = (clients: number, maxDegrees: number) => {
      const ctx = context(bytesOf(9, 9, 1), { clients });
      return Array.from({ length: 5 }, (_, client) =>
        seen({ kind: 'rotation', maxDegrees }, ctx, client, image),
      );
    };
    expect(new Set(views(5, 30).map(String)).size).to.equal(5);
    expect(views(5, 30)).to.deep.equal(views(50, 30));
    expect(views(5, 0)).to.deep.equal(Array(5).fill(image));
    // One degree moves no pixel of a 9 × 9 image by a tenth of one.
    const flat = Array<number>(81).fill(100);
    const ctx = context(bytesOf(9, 9, 1));
    const slightly = seen({ kind: 'rotation', maxDegrees: 1 }, ctx, 3, flat);
    for (const value of slightly) expect(value).to.be.within(80, 100);
    expect(slightly[40]).to.equal(100);
  });

  it('has cosines and sines as they are, and exact at quarter turns', () => {
    for (let degrees = -400; degrees <= 400; degrees += 7) {
      const { cos, sin } = turn(degrees);
      expect(cos).to.be.closeTo(Math.cos((degrees * Math.PI) / 180), 1e-14);
      expect(sin).to.be.closeTo(Math.sin((degrees * Math.PI) / 180), 1e-14);
    }
    expect([0, 90, 180, 270].map((d) => turn(d).cos + 0)).to.deep.equal([1, 0, -1, 0]);
    expect([0, 90, 180, 270].map((d) => turn(d).sin + 0)).to.deep.equal([0, 1, 0, -1]);
  });

  it('refuses inputs that are no images', () => {
    expect(() => features.create({ kind: 'rotation' }, context(bytesOf(60)))).to.throw(
      FeatureError,
      'the inputs of this dataset have the shape [60]',
    );
  });
});

describe('noise', () => {
  const flat = new Float32Array(40_000);
  const noiseAt = (client: number, index = 0, deviation = 0.2) => {
    const bytes = new Uint8Array(flat.slice().buffer);
    features.create({ kind: 'noise', std: deviation }, context(floatsOf(200, 200, 1))).client(client)?.(
      bytes,
      index,
    );
    return new Float32Array(bytes.buffer);
  };

  it('rises from none at the first client to the deviation at the last', () => {
    for (let client = 0; client < 5; client++) {
      // The standard error of a deviation of 40,000 draws is 0.35 %.
      const expected = (0.2 * client) / 4;
      expect(deviation(noiseAt(client))).to.be.closeTo(expected, 0.02 * expected);
      expect(mean(noiseAt(client))).to.be.closeTo(0, 0.03 * expected);
    }
  });

  it('differs by example and by client, pixel by pixel', () => {
    const correlation = (a: Float32Array, b: Float32Array) =>
      mean(a.map((x, i) => x * b[i])) / (deviation(a) * deviation(b));
    const first = noiseAt(4, 1);
    // The standard error of a correlation of 40,000 pairs is 0.005.
    expect(correlation(first, noiseAt(4, 2))).to.be.closeTo(0, 0.025);
    expect(correlation(first, noiseAt(3, 1))).to.be.closeTo(0, 0.025);
    expect(correlation(first.subarray(1), first.subarray(0, -1))).to.be.closeTo(0, 0.025);
  });

  it('is additive on bytes too, in units of 255: black and white are no bounds', () => {
    const ctx = context(bytesOf(100, 100, 1));
    for (const level of [0, 128, 255]) {
      const pixels = seen({ kind: 'noise', std: 0.1 }, ctx, 4, Array<number>(10_000).fill(level));
      // Standard errors: 0.26 of the mean, 0.18 of the deviation.
      expect(mean(pixels)).to.be.closeTo(level, 1);
      expect(deviation(pixels)).to.be.closeTo(25.5, 0.8);
    }
  });

  it('refuses tokens, whose numbers are names', () => {
    const tokens: InputFormat = { shape: [80], type: 'uint8', scale: 1, shift: 0 };
    expect(() => features.create({ kind: 'noise' }, context(tokens))).to.throw(
      FeatureError,
      / tokens: choose/,
    );
  });

  it('is normal: its table has the quantiles of N(0, 1)', () => {
    const table = normalQuantiles();
    expect(table.length).to.equal(4096);
    expect(mean(table)).to.be.closeTo(0, 1e-12);
    expect(deviation(table)).to.be.closeTo(1, 1e-12);
    // Φ⁻¹(0.975) = 1.959964, Φ⁻¹(0.75) = 0.674490; between two entries each.
    expect((table[3993] + table[3994]) / 2).to.be.closeTo(1.959964, 2e-3);
    expect((table[3071] + table[3072]) / 2).to.be.closeTo(0.67449, 2e-3);
  });
});

describe('grayscale', () => {
  const labels = Int32Array.from({ length: 400 }, (_, i) => i % 4);
  const ctx = context(bytesOf(1, 1, 3), { labels });
  const turnsGrey = (client: number, index: number) => {
    const [r, g, b] = seen({ kind: 'grayscale' }, ctx, client, [200, 100, 50], index);
    if (r === 200 && g === 100 && b === 50) return false;
    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
    expect([r, g, b]).to.deep.equal([124, 124, 124]);
    return true;
  };

  it('takes the colour of 95 of 100 images of two classes, and of 5 of the two others', () => {
    const counts = [0, 0, 0, 0];
    for (const [index, label] of labels.entries()) if (turnsGrey(0, index)) counts[label]++;
    expect(counts.sort((a, b) => a - b)).to.deep.equal([5, 5, 95, 95]);
  });

  it('shows all clients an example alike', () => {
    for (let index = 0; index < 20; index++) expect(turnsGrey(3, index)).to.equal(turnsGrey(0, index));
  });

  it('refuses images without colour', () => {
    expect(() => features.create({ kind: 'grayscale' }, context(bytesOf(28, 28, 1)))).to.throw(
      FeatureError,
      'the shape [28, 28, 1]',
    );
  });
});

describe('test and validation inputs', () => {
  const labels = Int32Array.from({ length: 400 }, (_, i) => i % 4);
  const indices = Uint32Array.from(labels.keys());
  const set = { indices, label: (index: number) => labels[index] };
  const colours = context(bytesOf(1, 1, 3), { labels });
  /** Grey images among the held-out ones, by class. */
  function greyOf(test: number | 'clients' | undefined, on: 'test' | 'validation'): number[] | undefined {
    const skew = features.create({ kind: 'grayscale', test }, colours);
    const change = skew.heldOut?.({ ...set, on });
    if (change === undefined) return undefined;
    const counts = [0, 0, 0, 0];
    for (const [index, label] of labels.entries()) {
      const [r, g] = changed(skew, colours, change, [200, 100, 50], index);
      if (r === g) counts[label]++;
    }
    return counts;
  }

  it('are as they are, whatever clients see, where the recipe says nothing', () => {
    for (const kind of ['none', 'rotation', 'noise', 'grayscale']) {
      expect(features.create({ kind }, colours).heldOut, kind).to.equal(undefined);
    }
  });

  it('are half grey in every class, as in FedMA, with grayscale: { test: 0.5 }', () => {
    expect(greyOf(0.5, 'test')).to.deep.equal([50, 50, 50, 50]);
    expect(greyOf(1, 'test')).to.deep.equal([100, 100, 100, 100]);
  });

  it('are grey by class as in training, with grayscale: { test: clients }; validation images just those that training has', () => {
    const training = features.create({ kind: 'grayscale' }, colours).client(0);
    const isGrey = (index: number) => {
      const [r, g] = changed({ client: () => training }, colours, training, [200, 100, 50], index);
      return r === g;
    };
    const inTraining = [0, 0, 0, 0];
    for (const [index, label] of labels.entries()) inTraining[label] += isGrey(index) ? 1 : 0;
    expect(greyOf('clients', 'test')).to.deep.equal(inTraining);
    expect(greyOf('clients', 'validation')).to.deep.equal(inTraining);
  });

  for (const kind of ['rotation', 'noise']) {
    it(`are seen as by a client drawn for each, all alike, with ${kind}: { test: clients }`, () => {
      const ctx = context(floatsOf(2, 2, 1), { clients: 3 });
      const image = [0, 1, 2, 3];
      const skew = features.create({ kind, test: 'clients' }, ctx);
      const change = skew.heldOut?.({ ...set, on: 'test' });
      const again = features.create({ kind, test: 'clients' }, ctx).heldOut?.({ ...set, on: 'test' });
      const kinds = new Set<string>();
      for (let index = 0; index < 200; index++) {
        const found = changed(skew, ctx, change, image, index);
        expect(changed(skew, ctx, again, image, index)).to.deep.equal(found);
        kinds.add(String(found));
      }
      // Three clients' angles; noise of two clients, each example's own, and none at the first.
      if (kind === 'rotation') expect(kinds.size).to.equal(3);
      else expect(kinds.size).to.be.within(100, 170);
    });
  }

  it('are what a recipe evaluates on, as float32 where bytes have noise', () => {
    const recipe = (test?: string) =>
      buildFederation(
        parseRecipe(
          smallRecipe({
            data: {
              dataset: { kind: 'mnist', limit: 100 },
              partition: { kind: 'iid', clients: 2 },
              featureSkew: { kind: 'noise', std: 0.2, test },
              validation: { fraction: 0.1 },
            },
          }),
        ),
      );
    for (const on of ['test', 'validation'] as const) {
      const [plain, noisy] = [recipe(), recipe('clients')].map((federation) => {
        const shard = federation.heldOut(on);
        expect(shard.input.type).to.equal('float32');
        const into = new Float32Array(784);
        const bytes = new Uint8Array(into.buffer);
        return Array.from({ length: 20 }, (_, i) => (shard.copyInput(i % shard.count, bytes, 0), [...into]));
      });
      expect(plain.flat().every((pixel) => pixel >= 0 && Number.isInteger(pixel))).to.equal(true);
      expect(noisy.flat().some((pixel) => pixel < 0)).to.equal(true);
      const shift = noisy.flatMap((image, i) => image.map((pixel, j) => pixel - plain[i][j]));
      expect(mean(shift)).to.be.closeTo(0, 2);
    }
  });
});
