/** How the model learned: accuracy and loss by round, accuracy by bytes moved, local steps and virtual time. */
import type { EvaluationEvent, Quality } from '../../../records/index.js';
import { lineChart } from '../charts/line-chart.js';
import type { Series } from '../charts/series.js';
import type { Figure } from '../page/figure.js';
import { figuresHtml } from '../page/figure.js';
import { html } from '../page/html.js';
import { bytes, count, figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import type { Progress } from '../../analysis/progress.js';

export function learningSection(progress: Progress): Section {
  const figures = [
    accuracyByRound(progress),
    lossByRound(progress),
    ...expensesOf(progress).map((expense) => accuracyBy(expense, progress.test)),
  ];
  const drawn = figures.filter((figure) => figure !== undefined);
  return {
    id: 'learning',
    heading: 'Learning',
    body: drawn.length > 0 ? figuresHtml(drawn) : html`<p>The run recorded no evaluations.</p>`,
  };
}

type Point = readonly [x: number, y: number];

function accuracyByRound({ test, validation, populations }: Progress): Figure | undefined {
  const series = named([
    ['test set', test.map((event): Point => [event.round, event.accuracy])],
    ['validation part', validation.map((event): Point => [event.round, event.accuracy])],
    ['average model, test set', averageModel(test, 'accuracy')],
    ['average model, validation part', averageModel(validation, 'accuracy')],
  ]);
  if (series.length === 0) return undefined;
  const description = course('Accuracy', series[0], percent);
  return {
    id: 'accuracy-by-round',
    svg: lineChart({
      title: 'Accuracy by round',
      description,
      x: { label: 'round', least: 0, whole: true, format: count },
      y: { label: 'accuracy', format: shortPercent },
      series,
    }),
    caption: `${
      populations.length > 0
        ? 'Accuracy by round: mean over the nodes’ own models, and the average of all models, which no node has.'
        : 'Accuracy of the model by round.'
    } ${description}`,
    table: byX('Round', series, count, percent),
  };
}

function lossByRound({ test, validation, rounds }: Progress): Figure | undefined {
  const series = named([
    ['test set', test.map((event): Point => [event.round, event.loss])],
    ['validation part', validation.map((event): Point => [event.round, event.loss])],
    ['average model, test set', averageModel(test, 'loss')],
    ['average model, validation part', averageModel(validation, 'loss')],
    ['training', rounds.map((event): Point => [event.round, event.loss])],
  ]);
  if (series.length === 0) return undefined;
  const description = course('Loss', series[0], figure);
  return {
    id: 'loss-by-round',
    svg: lineChart({
      title: 'Loss by round',
      description,
      x: { label: 'round', least: 0, whole: true, format: count },
      y: { label: 'loss' },
      series,
    }),
    caption: `Mean loss by round${
      rounds.length > 0 ? '; the training loss is that of the examples trained on in the round' : ''
    }. ${description}`,
    table: byX('Round', series, count, figure),
  };
}

/** What a run has used up at the end of a round, beside its rounds. */
interface Expense {
  readonly key: string;
  readonly label: string;
  readonly format: (value: number) => string;
  readonly by: (round: number) => number | undefined;
  readonly explained: string;
}

const expensesOf = ({ bytesBy, stepsBy, timeBy }: Progress): Expense[] => [
  {
    key: 'bytes',
    label: 'bytes moved',
    format: bytes,
    by: bytesBy,
    explained:
      'bytes of weights and other vectors moved so far, in both directions, as the codec encodes them',
  },
  {
    key: 'steps',
    label: 'local steps',
    format: count,
    by: stepsBy,
    explained: 'local steps so far, of all clients together, one for each batch',
  },
  {
    key: 'time',
    label: 'virtual time',
    format: figure,
    by: timeBy,
    explained: 'virtual time',
  },
];

function accuracyBy(
  { key, label, format, by, explained }: Expense,
  test: Progress['test'],
): Figure | undefined {
  const points = test.flatMap((event): Point[] => {
    const used = by(event.round);
    return used === undefined ? [] : [[used, event.accuracy]];
  });
  // Without latency and compute nothing takes virtual time.
  if (points.length < 2 || points.every(([used]) => used === points[0][0])) return undefined;
  const series = [{ name: 'test set', points }];
  const description = `At the end it is ${format(points[points.length - 1][0])}.`;
  return {
    id: `accuracy-by-${key}`,
    svg: lineChart({
      title: `Accuracy by ${label}`,
      description,
      x: { label, least: 0, format },
      y: { label: 'accuracy', format: shortPercent },
      series,
    }),
    caption: `Accuracy by ${explained}. ${description}`,
    table: byX(
      label.replace(/^./, (first) => first.toUpperCase()),
      series,
      format,
      percent,
    ),
  };
}

const shortPercent = (share: number) =>
  percent(share, Number.isInteger(Number((100 * share).toFixed(6))) ? 0 : 1);

function named(series: readonly (readonly [name: string, points: Point[]])[]): Series[] {
  return series.flatMap(([name, points]) => (points.length > 0 ? [{ name, points }] : []));
}

/** In gossip: the quality of the mean of the nodes' models. */
const averageModel = (events: readonly EvaluationEvent[], of: keyof Quality): Point[] =>
  events.flatMap((event): Point[] => (event.averageModel ? [[event.round, event.averageModel[of]]] : []));

/** "Accuracy on the test set goes from 11.3 % (round 0) to 97.1 % (round 20); its best is …" */
function course(what: string, { name, points }: Series, format: (value: number) => string): string {
  const [first, last] = [points[0], points[points.length - 1]];
  return points.length === 1
    ? `${what} (${name}) is ${format(first[1])} at round ${count(first[0])}.`
    : `${what} (${name}) goes from ${format(first[1])} at round ${count(first[0])} to ${format(last[1])} at round ${count(last[0])}.`;
}

/** All series' values by x, a column each. */
function byX(
  x: string,
  series: readonly Series[],
  formatX: (value: number) => string,
  formatY: (value: number) => string,
) {
  const columns = series.map(({ points }) => new Map(points));
  const places = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  return {
    columns: [x, ...series.map(({ name }) => name)],
    rows: places.map((at) => [
      formatX(at),
      ...columns.map((values) => {
        const value = values.get(at);
        return value === undefined ? '' : formatY(value);
      }),
    ]),
  };
}
