/**
 * Figure 1 of McMahan et al. 2017: two 2NNs, trained on disjoint IID sets of 600 examples until both overfit, are
 * averaged with weights θ and 1 − θ. From different initial weights the average is bad; from the same ones it is
 * better than either.
 */
import { z } from 'zod';
import { wasmEngine } from '../../../learning/index.js';
import { Shard } from '../../../data/index.js';
import { buildFederation, type Recipe } from '../../../recipe/index.js';
import { lineChart } from '../../report/charts/line-chart.js';
import { themes, withColours } from '../../report/charts/colours.js';
import type { Cell } from '../reproduction.js';
import { startOf, trainAlone } from '../train-alone.js';

const curveSchema = z.object({
  /** The loss on the whole training set of θw + (1 − θ)w′, at evenly spaced θ from −0.2 to 1.2. */
  losses: z.array(z.number()),
  /** The same at θ = 0, ½ and 1. */
  parents: z.tuple([z.number(), z.number()]),
  midpoint: z.number(),
  kernelHash: z.string(),
});
export type Curve = z.output<typeof curveSchema>;

const FROM = -0.2;
const TO = 1.2;

/** θ of point `index` of `count`. */
const thetaOf = (index: number, count: number) => FROM + ((TO - FROM) * index) / (count - 1);

/** Clients 0 and 1 of a hundred with 600 examples each: 240 steps of 50 in 20 epochs, with rate 0.1. */
const recipe = (init: 'same' | 'own') => ({
  seed: 1,
  data: { dataset: 'mnist', partition: { kind: 'iid', clients: 100 } },
  model: '2nn',
  init: { kind: init },
  algorithm: {
    kind: 'isolated',
    amount: { epochs: 20 },
    batchSize: 50,
    optimizer: { kind: 'sgd', learningRate: 0.1 },
  },
  rounds: 1,
});

const cell = (init: 'same' | 'own'): Cell<Curve> => ({
  name: `figure-1/${init}`,
  recipe: recipe(init),
  recorded: curveSchema,
  run: (complete) => Promise.resolve(measureCurve(complete)),
});

export const figure1 = { same: cell('same'), own: cell('own') };

/** Trains the two models and measures the loss between and beyond them. */
export function measureCurve(complete: Recipe, points = 50, examples = 60_000): Curve {
  const federation = buildFederation(complete);
  const engine = wasmEngine();
  const { model, dataset } = federation;
  const everything = Shard.whole(dataset.train);
  const [a, b] = [0, 1].map((client) =>
    trainAlone(federation, client, startOf(federation, client, complete.init.kind)),
  );
  const loss = (theta: number) => {
    const mixed = a.map((value, i) => theta * value + (1 - theta) * b[i]);
    return engine.evaluate(model, mixed, everything, 0, examples).lossSum / examples;
  };
  return {
    losses: Array.from({ length: points }, (_, index) => loss(thetaOf(index, points))),
    parents: [loss(0), loss(1)],
    midpoint: loss(0.5),
    kernelHash: engine.kernelHash,
  };
}

export interface Curves {
  readonly same: Curve | undefined;
  readonly own: Curve | undefined;
}

/** Where a panel lies, from docs/. */
export const figurePath = (init: 'same' | 'own') => `figures/fedavg-figure-1-${init}.svg`;

/** A panel as a file of its own. */
export function drawFigure1(curve: Curve, init: 'same' | 'own'): string {
  const count = curve.losses.length;
  const points = curve.losses.map((loss, index) => [thetaOf(index, count), loss] as const);
  const level = Math.min(...curve.parents);
  return withColours(
    lineChart({
      title: `Averaging two models of ${init === 'same' ? 'one initialisation' : 'different initialisations'}`,
      description:
        `Training loss of θw + (1 − θ)w′ for θ from ${FROM} to ${TO}: ${curve.midpoint.toFixed(3)} at the midpoint, ` +
        `${curve.parents.map((loss) => loss.toFixed(3)).join(' and ')} at the two models.`,
      x: { label: 'mixing weight θ' },
      y: { label: 'training loss' },
      series: [
        { name: 'θw + (1 − θ)w′', points },
        {
          name: 'the better of the two models',
          points: [
            [FROM, level],
            [TO, level],
          ],
        },
      ],
    }),
    themes.light,
  );
}
