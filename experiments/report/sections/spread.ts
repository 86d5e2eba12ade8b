/** How an accuracy is spread over clients or nodes: sorted bars, or a histogram where they are many. */
import { deviation, mean, portion } from '../../../numerics/index.js';
import { barChart } from '../charts/bar-chart.js';
import type { Figure } from '../page/figure.js';
import { count, percent } from '../page/numbers.js';

export interface Spread {
  readonly id: string;
  /** What each value belongs to, in the singular: 'client', 'node'. */
  readonly of: string;
  /** When: "at round 20". */
  readonly when: string;
  readonly values: readonly { readonly id: number; readonly accuracy: number }[];
}

/** More values than these are drawn as a histogram. */
const mostBars = 60;
const mostBins = 25;
/** Widths of bins, the narrowest first: 0.2 %, 0.5 %, 1 %, 2 %, 5 %, 10 % of accuracy. */
const binsPerUnit = [500, 200, 100, 50, 20, 10];

export function spreadFigure(spread: Spread): Figure {
  const sorted = spread.values
    .filter(({ accuracy }) => Number.isFinite(accuracy))
    .sort((a, b) => a.accuracy - b.accuracy || a.id - b.id);
  return sorted.length > mostBars ? histogram(spread, sorted) : sortedBars(spread, sorted);
}

type Sorted = Spread['values'];

function sortedBars({ id, of, when }: Spread, sorted: Sorted): Figure {
  const average = mean(sorted.map(({ accuracy }) => accuracy));
  return {
    id,
    svg: barChart({
      title: `Accuracy of each ${of}`,
      description: summary(of, when, sorted),
      x: `${of}, from worst to best`,
      y: { label: 'accuracy', format: (share) => percent(share, 0), most: 1 },
      bars: sorted.map((entry) => ({ name: String(entry.id), value: entry.accuracy })),
      marks: [{ name: `mean ${percent(average, 1)}`, value: average }],
    }),
    caption: summary(of, when, sorted),
    table: {
      columns: [capital(of), 'Accuracy'],
      rows: sorted.map((entry) => [String(entry.id), percent(entry.accuracy)]),
    },
  };
}

function histogram({ id, of, when }: Spread, sorted: Sorted): Figure {
  const { low, width, counts } = binned(sorted.map(({ accuracy }) => accuracy));
  const edge = (bin: number) => percent(low + bin * width, width < 0.01 ? 1 : 0);
  const bars = counts.map((value, bin) => ({ name: edge(bin), value }));
  return {
    id,
    svg: barChart({
      title: `Accuracy of the ${of}s`,
      description: summary(of, when, sorted),
      x: `accuracy, each bar from here to ${percent(width, width < 0.01 ? 1 : 0)} more`,
      y: { label: `${of}s`, whole: true, format: count },
      bars,
      touching: true,
    }),
    caption: summary(of, when, sorted),
    table: {
      columns: ['Accuracy', `${capital(of)}s`],
      rows: counts.map((value, bin) => [`${edge(bin)} – ${edge(bin + 1)}`, count(value)]),
    },
  };
}

/** How many of the sorted values fall into each of at most `mostBins` bins between round numbers. */
function binned(sorted: readonly number[]) {
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const perUnit = binsPerUnit.find((n) => binOf(most, n) - binOf(least, n) < mostBins) ?? 1;
  const first = binOf(least, perUnit);
  const counts = new Array<number>(binOf(most, perUnit) - first + 1).fill(0);
  for (const value of sorted) counts[binOf(value, perUnit) - first]++;
  return { low: first / perUnit, width: 1 / perUnit, counts };
}

/** All right belongs to the last bin. */
const binOf = (value: number, perUnit: number) => Math.min(perUnit - 1, Math.floor(portion(value, perUnit)));

function summary(of: string, when: string, sorted: Sorted): string {
  const accuracies = sorted.map(({ accuracy }) => accuracy);
  if (accuracies.length === 0) return `No ${of} was tested ${when}.`;
  const worst = accuracies.slice(0, Math.ceil(accuracies.length / 10));
  return (
    `Accuracy of ${accuracies.length === 1 ? `one ${of}` : `${count(accuracies.length)} ${of}s`} ${when}: ` +
    `mean ${percent(mean(accuracies))}, standard deviation ${percent(deviation(accuracies))}, ` +
    `mean of the worst tenth ${percent(mean(worst))}, best ${percent(accuracies[accuracies.length - 1])}.`
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
