/** Every setting that is a fraction of a count means what it does on paper: 0.29 of 100 is 29. */
import { expect } from 'chai';
import { layOut } from '../../learning/index.js';
import { messageParts } from '../../algorithms/gossip/message-parts.js';
import { selectClients } from '../../algorithms/selection.js';
import { features, holdOut, holdOutExamples, listPartition, partitions } from '../../data/index.js';
import { syntheticDataset } from '../../data/datasets/synthetic.js';
import { windowDataset } from '../../data/datasets/windows.js';
import { mergeRules } from '../../merging/index.js';
import { thresholds } from '../../merging/differences.js';
import { range, stream } from '../../numerics/index.js';
import { codecs } from '../../protocol/index.js';
import { bitsOf, parseRecipe } from '../../recipe/index.js';
import { contextOf, vector } from '../merging/models.js';
import { smallRecipe } from '../support/small-recipe.js';

const COUNTS = [10, 50, 100, 150, 700];

type Rounding = (product: { readonly hundredths: number }) => number;
const down: Rounding = ({ hundredths }) => (hundredths - (hundredths % 100)) / 100;
const up: Rounding = ({ hundredths }) => down({ hundredths: hundredths + 99 });
const off: Rounding = ({ hundredths }) => down({ hundredths: hundredths + 50 });

const everyone = (count: number) => ({ count, available: range(count), samples: () => 1 });
const draws = (...name: (string | number)[]) => stream(1, ...name);

interface Setting {
  readonly rounding: Rounding;
  /** Fractions in hundredths; 1 to 99 where it is left out. */
  readonly from?: number;
  readonly to?: number;
  readonly counts?: readonly number[];
  readonly least?: number;
  /** How many of `count` the program takes. */
  readonly taken: (fraction: number, count: number) => number;
}

/** Models 0, 1, 4, 9, …: the mean of those left says how many were dropped. */
function droppedOf(trim: number, count: number): number {
  const received = Array.from({ length: count }, (_, k) => ({
    weights: Float32Array.of(k * k),
    samples: 1,
  }));
  const rule = mergeRules.create({ kind: 'trimmed-mean', trim }, contextOf(vector(1)));
  const [merged] = rule.merge({ received }).weights;
  const meanWithout = (dropped: number) => {
    const left = received.slice(dropped, count - dropped).map(({ weights }) => weights[0]);
    return left.reduce((sum, value) => sum + value, 0) / left.length;
  };
  return (
    [...range(Math.ceil(count / 2))].find((d) => Math.abs(meanWithout(d) - merged) < 1e-3 * count) ?? NaN
  );
}

/** The coordinates of a difference 1, 2, 3, … that reach the threshold. */
function keptOf(density: number, count: number): number {
  const weights = Float32Array.from({ length: count }, (_, i) => i + 1);
  const manifest = layOut([{ name: 'w', shape: [count], role: 'weight' }]);
  const [threshold] = thresholds([{ weights, samples: 1 }], new Float32Array(count), manifest, density);
  return weights.filter((size) => size >= threshold).length;
}

/** Grey examples of one of the two classes of `count` examples. */
function greyOf(fraction: number, count: number, mostly: boolean): number {
  const transform = features
    .create(
      { kind: 'grayscale', fraction },
      {
        ...{ seed: 1, clients: 1, classes: 2 },
        labels: Int32Array.from({ length: 2 * count }, (_, i) => i % 2),
        input: { shape: [1, 1, 3], type: 'uint8', scale: 1, shift: 0 },
      },
    )
    .client(0);
  const greys = [0, 0];
  for (let index = 0; index < 2 * count; index++) {
    const image = Uint8Array.of(255, 0, 0);
    transform?.(image, index);
    if (image[0] === image[1]) greys[index % 2]++;
  }
  return mostly ? Math.max(...greys) : Math.min(...greys);
}

const synthetic = {
  ...{ seed: 1, alpha: 0, beta: 0, iid: true, dimension: 1, classes: 2, clients: 1, testClients: 1 },
};
const windows = { window: 1, stride: 1, alphabet: 'bytes' as const };

const settings: Readonly<Record<string, Setting>> = {
  'fraction of selected clients': {
    rounding: off,
    least: 1,
    taken: (fraction, count) =>
      selectClients({ fraction }, { roster: everyone(count), stream: draws }).length,
  },
  'overSelection of wanted clients': {
    ...{ rounding: up, from: 101, to: 299 },
    taken: (overSelection, clientsPerRound) =>
      selectClients(
        { fraction: 0, clientsPerRound },
        { roster: everyone(4 * clientsPerRound), overSelection, stream: draws },
      ).length,
  },
  'trim of models': { ...{ rounding: down, to: 49, counts: [10, 50, 100] }, taken: droppedOf },
  'density of differences': { rounding: off, least: 1, taken: keptOf },
  'fraction of a top-k codec': {
    ...{ rounding: off, least: 1 },
    taken: (fraction, count) => codecs.create({ kind: 'top-k', fraction }, undefined).bytes(count) / 8,
  },
  'fraction of sampled coordinates': {
    ...{ rounding: off, least: 1 },
    taken(fraction, count) {
      const part = messageParts({ kind: 'sampled', fraction }).partOf({ sample: 1 }, count);
      return part !== undefined && 'coordinates' in part ? part.coordinates.length : NaN;
    },
  },
  'validation share of all examples': {
    ...{ rounding: off, least: 1, to: 90 },
    taken: (share, count) => holdOutExamples(count, share, 1).validation.length,
  },
  "validation share of a client's examples": {
    ...{ rounding: off, to: 90 },
    taken: (share, count) => holdOut(listPartition([range(count)]), share, 1).validation.size(0),
  },
  'test fraction of synthetic data': {
    ...{ rounding: up, to: 90 },
    taken: (testFraction, count) =>
      syntheticDataset({ ...synthetic, samplesPerClient: count, testFraction }).test.count,
  },
  'test fraction of a text': {
    ...{ rounding: up, to: 80 },
    taken: (testFraction, count) =>
      // One window of a token and its successor fewer than tokens.
      windowDataset('text', [{ owner: 'a', test: 'end', path: '', content: new Uint8Array(count) }], {
        ...windows,
        testFraction,
      }).test.count + 1,
  },
  'fraction of grayscale images in the grey half': {
    ...{ rounding: off, from: 51 },
    taken: (share, count) => greyOf(share, count, true),
  },
  'fraction of grayscale images in the other half': {
    ...{ rounding: off, to: 49 },
    taken: (other, count) => greyOf((100 - Math.round(100 * other)) / 100, count, false),
  },
};

describe('a fraction of a count', () => {
  for (const [name, { rounding, from = 1, to = 99, counts = COUNTS, least = 0, taken }] of Object.entries(
    settings,
  )) {
    it(`is exact: ${name}`, () => {
      for (const count of counts) {
        for (let hundredths = from; hundredths <= to; hundredths++) {
          const expected = Math.max(least, rounding({ hundredths: hundredths * count }));
          expect(taken(hundredths / 100, count), `${hundredths} % of ${count}`).to.equal(expected);
        }
      }
    });
  }

  it('is exact where equal shares add up: exponent 0 of a power law gives equal sizes', () => {
    for (const clients of [3, 7, 10, 49, 300]) {
      const labels = new Int32Array(8 * clients);
      for (const kind of ['quantity-power-law', 'labels']) {
        const choice = { kind, clients, exponent: 0, ...(kind === 'labels' && { labelsPerClient: 1 }) };
        const partition = partitions.create(choice, { seed: 1, classes: 1, labels });
        for (let client = 0; client < clients; client++) {
          expect(partition.size(client), `${kind}, ${client} of ${clients}`).to.equal(8);
        }
      }
    }
  });
});

describe('recipes whose fractions were rounded otherwise', () => {
  const affected = (more: Parameters<typeof smallRecipe>[0]) =>
    bitsOf(parseRecipe(smallRecipe(more))).includes('2026-11-30-fractions');

  it('are those with such a fraction, and no others', () => {
    expect(affected({})).to.equal(false);
    expect(affected({ algorithm: { kind: 'fedavg', fraction: 0.1 } })).to.equal(false);
    expect(affected({ algorithm: { kind: 'fedavg', fraction: 0.29 } })).to.equal(true);
    expect(affected({ network: { codec: { kind: 'top-k', fraction: 0.145 } } })).to.equal(true);
    const partition = (choice: object) => ({
      data: { dataset: { kind: 'synthetic' }, partition: choice },
    });
    expect(affected(partition({ kind: 'labels', clients: 10 }))).to.equal(false);
    expect(affected(partition({ kind: 'labels', clients: 11 }))).to.equal(true);
    expect(affected(partition({ kind: 'quantity-power-law', clients: 10 }))).to.equal(true);
  });
});
