/** The claims of NoLoCo's paper, and of its stability, and what our runs say of each. */
import { claim, type Finding } from '../findings.js';
import type { Curve } from './cells.js';
import { correlation, final, meanOfAll, ratesOf, settledSpread, slope, type Recorded } from './recorded.js';
import {
  ablationOf,
  constantRates,
  datasets,
  graphNames,
  methodOf,
  published,
  replicaCounts,
  splitLabels,
  splitNames,
  WARMUP,
  type Method,
} from './settings.js';
import { graphSetting, loss, outerSetting, rateSetting, rows, spectralGap, targets } from './tables.js';
import { timeTo } from './times.js';

/** "About as well": a loss at most so many times the other's. */
const ABOUT = 1.05;

export function claims(recorded: Recorded, message: number): string {
  return [
    claim(
      'NoLoCo learns about as well as DiLoCo at its published H = 100 (loss of the replicas at most 5 % higher).',
      losses(recorded, 'diloco-100', (ours, theirs) => ours <= ABOUT * theirs),
    ),
    claim(
      'It does as well as DiLoCo with outer steps as frequent as its own, H = 50.',
      losses(recorded, 'diloco-50', (ours, theirs) => ours <= ABOUT * theirs),
    ),
    claim(
      'Data-parallel training, with a message in each step, has the lower loss.',
      losses(recorded, 'data-parallel', (ours, theirs) => ours > theirs),
    ),
    claim('With twice as many replicas NoLoCo’s loss is higher by 1 % or more.', moreReplicas(recorded)),
    claim(
      'The spread of the replicas follows the inner learning rate (Pearson correlation above 0.9 after the warm-up).',
      withinRuns(recorded),
    ),
    claim(
      'At constant rates the spread is in proportion to the rate (slope of the logarithms 1 ± 0.15).',
      acrossRates(recorded),
    ),
    claim(
      'Without γ replicas drift apart: at the end their spread is twice that of the published γ or more.',
      withoutGamma(recorded),
    ),
    claim(
      'With α = 0.9 replicas come together as the rate falls with γ = 0.2, and not with γ = 0.7: over the second half of ' +
        'the run the spread falls by a tenth or more with the first, and does not with the second.',
      unstable(recorded),
    ),
    claim(
      'The smaller the spectral gap of the graph that pairs are drawn from, the larger the spread.',
      gaps(recorded),
    ),
    claim(
      `Where a message takes ${message} inner steps, NoLoCo reaches its accuracy sooner than DiLoCo with H = 50.`,
      sooner(recorded, message, 'diloco-50'),
    ),
    claim(`… and sooner than DiLoCo with H = 100.`, sooner(recorded, message, 'diloco-100')),
  ].join('\n');
}

const place = ({ dataset, split, replicas }: (typeof rows)[number]) =>
  `${datasets[dataset]}, ${splitLabels[split]}, ${replicas} replicas`;

function losses(
  recorded: Recorded,
  other: Method,
  holds: (ours: number, theirs: number) => boolean,
): Finding[] {
  return rows.flatMap((row) => {
    const ours = final(recorded({ ...row, method: 'noloco' }), 'replicaLoss');
    const theirs = final(recorded({ ...row, method: other }), 'replicaLoss');
    if (ours === undefined || theirs === undefined) return [];
    const text = `${place(row)}: ${loss(ours)}, ${methodOf(other).label} ${loss(theirs)}.`;
    return [{ holds: holds(ours, theirs), text }];
  });
}

function moreReplicas(recorded: Recorded): Finding[] {
  return rows.flatMap((row) => {
    const more = replicaCounts.find((count) => count === 2 * row.replicas);
    if (more === undefined) return [];
    const [few, many] = [row.replicas, more].map((replicas) =>
      final(recorded({ ...row, replicas, method: 'noloco' }), 'replicaLoss'),
    );
    if (few === undefined || many === undefined) return [];
    return [{ holds: many >= 1.01 * few, text: `${place(row)}: ${loss(few)}; with ${more}: ${loss(many)}.` }];
  });
}

function withinRuns(recorded: Recorded): Finding[] {
  return rows.flatMap((row) => {
    const curves = recorded({ ...row, method: 'noloco' });
    if (curves.length === 0) return [];
    const correlations = curves.map((curve) => {
      const from = curve.steps.findIndex((step) => step > WARMUP);
      return correlation(ratesOf(curve).slice(from), curve.spread.slice(from));
    });
    const least = Math.min(...correlations);
    const text = correlations.map((value) => value.toFixed(2)).join(', ');
    return [{ holds: least > 0.9, text: `${place(row)}: ${text}.` }];
  });
}

function acrossRates(recorded: Recorded): Finding[] {
  return splitNames.flatMap((split) => {
    const points = constantRates.flatMap((rate) => {
      const spread = settledSpread(recorded(rateSetting(split, rate)));
      return spread === undefined ? [] : [{ rate: Math.log(rate), spread: Math.log(spread) }];
    });
    if (points.length < 3) return [];
    const [xs, ys] = [points.map(({ rate }) => rate), points.map(({ spread }) => spread)];
    const [steep, close] = [slope(xs, ys), correlation(xs, ys)];
    const text = `MNIST, ${splitLabels[split]}, 8 replicas, ${points.length} rates: slope ${steep.toFixed(2)}, correlation ${close.toFixed(3)}.`;
    return [{ holds: Math.abs(steep - 1) <= 0.15, text }];
  });
}

function withoutGamma(recorded: Recorded): Finding[] {
  return splitNames.flatMap((split) => {
    const without = final(recorded(ablationOf(split, { gamma: 0 })), 'spread');
    const usual = final(recorded(outerSetting(split, published.alpha, published.gamma)), 'spread');
    if (without === undefined || usual === undefined) return [];
    return [
      {
        holds: without >= 2 * usual,
        text: `MNIST, ${splitLabels[split]}: ${(without / usual).toFixed(1)} times.`,
      },
    ];
  });
}

function unstable(recorded: Recorded): Finding[] {
  return splitNames.flatMap((split) => {
    const [stable, other] = [0.2, 0.7].map((gamma) => recorded(outerSetting(split, 0.9, gamma)));
    if (stable.length === 0 || other.length === 0) return [];
    const where = `MNIST, ${splitLabels[split]}`;
    const changes = [secondHalf(stable), secondHalf(other)];
    const words = changes.map((change) => (change === undefined ? 'diverged' : `${change.toFixed(2)} times`));
    const falls = (change: number | undefined) => change !== undefined && change <= 0.9;
    return [
      {
        holds: falls(changes[0]) && !falls(changes[1]),
        text: `${where}: ${words[0]} with γ = 0.2, ${words[1]} with γ = 0.7.`,
      },
    ];
  });
}

/** By how much the spread changes from the middle of the run to its end; undefined where a run diverged. */
const secondHalf = (curves: readonly Curve[]): number | undefined =>
  meanOfAll(
    curves.map(({ spread, ended }) =>
      ended === 'diverged' ? undefined : spread[spread.length - 1] / spread[spread.length / 2 - 1],
    ),
  );

function gaps(recorded: Recorded): Finding[] {
  const byGap = [...graphNames].sort((a, b) => spectralGap(b) - spectralGap(a));
  return splitNames.flatMap((split) => {
    const spreads = byGap.flatMap((graph) => {
      const spread = final(recorded(graphSetting(split, graph)), 'spread');
      return spread === undefined ? [] : [{ graph, spread }];
    });
    return spreads.slice(1).map(({ graph, spread }, index) => {
      const wider = spreads[index];
      return {
        holds: spread > wider.spread,
        text: `MNIST, ${splitLabels[split]}: the ${graph}'s is ${(spread / wider.spread).toFixed(2)} times the ${wider.graph}'s.`,
      };
    });
  });
}

function sooner(recorded: Recorded, message: number, other: Method): Finding[] {
  return rows.flatMap((row) => {
    const times = (['noloco', other] as const).map((method) => {
      const reached = recorded({ ...row, method }).map((curve) =>
        timeTo(targets[row.dataset], curve, method, row.replicas, message),
      );
      const known = reached.filter((time) => time !== undefined);
      return known.length > 0 && known.length === reached.length
        ? known.reduce((sum, time) => sum + time, 0) / known.length
        : undefined;
    });
    const [ours, theirs] = times;
    if (ours === undefined || theirs === undefined) return [];
    return [
      {
        holds: ours < theirs,
        text: `${place(row)}: ${ours.toFixed(0)}, ${methodOf(other).label} ${theirs.toFixed(0)}.`,
      },
    ];
  });
}
