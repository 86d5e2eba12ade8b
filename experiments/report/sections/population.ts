/** The population of models in gossip: how far apart they are, whether averaging shrinks them, how good each is. */
import type { PopulationEvent } from '../../../records/index.js';
import { scaleFor } from '../charts/axes.js';
import { lineChart } from '../charts/line-chart.js';
import type { Series } from '../charts/series.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { bytes, count, figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import type { Progress } from '../../analysis/progress.js';
import { spreadFigure } from './spread.js';

/** Nothing where the run had one model. */
export function populationSection({ populations }: Progress): Section | undefined {
  const last = populations.at(-1);
  if (last === undefined) return undefined;
  const figures = [
    nodeAccuracies(populations),
    last.nodes &&
      spreadFigure({
        id: 'accuracy-by-node',
        of: 'node',
        when: `at round ${count(last.round)}`,
        values: last.tested.map((id, i) => ({ id, accuracy: last.accuracies[i] })),
      }),
    consensus(populations),
    varianceRatios(populations),
    correction(populations),
  ];
  return {
    id: 'population',
    heading: 'Population of models',
    body: html`<p>
        Each node has a model of its own. ${reached(last)}The models lie
        ${percent(last.relativeConsensusDistance)} of their mean’s norm away from it. ${bytes(last.bytesSent)}
        were sent.
      </p>
      ${figuresHtml(figures.filter((entry) => entry !== undefined))}`,
  };
}

const byRound = { label: 'round', least: 0, whole: true, format: count };

function reached({ round, nodes }: PopulationEvent): string {
  if (nodes === undefined) return 'None was tested by itself. ';
  const { mean, worst, best } = nodes;
  return `At round ${count(round)} the nodes tested reach ${percent(mean)} in the mean, from ${percent(worst)} to ${percent(best)}. `;
}

function nodeAccuracies(populations: readonly PopulationEvent[]): Figure | undefined {
  const tested = populations.flatMap(({ nodes, ...event }) => (nodes ? [{ ...event, nodes }] : []));
  if (tested.length === 0) return undefined;
  const description = 'The band reaches from the worst node tested to the best.';
  return {
    id: 'node-accuracy-by-round',
    svg: lineChart({
      title: 'Accuracy of the nodes by round',
      description,
      x: byRound,
      y: { label: 'accuracy', format: (share) => percent(share, 0) },
      series: [
        {
          name: 'mean over nodes',
          points: tested.map((event) => [event.round, event.nodes.mean]),
          band: tested.map((event) => [event.round, event.nodes.worst, event.nodes.best]),
        },
      ],
    }),
    caption: `Accuracy of the nodes’ models on the test set by round, mean over the nodes tested. ${description}`,
    table: {
      columns: ['Round', 'Tested', 'Mean', 'Worst', 'Best', 'Bytes sent', 'Virtual time'],
      rows: tested.map(({ round, nodes, bytesSent, virtualTime }) => [
        count(round),
        count(nodes.tested),
        ...[nodes.mean, nodes.worst, nodes.best].map((share) => percent(share)),
        bytes(bytesSent),
        figure(virtualTime),
      ]),
    },
  };
}

function consensus(populations: readonly PopulationEvent[]): Figure {
  const last = populations[populations.length - 1];
  const description = `At the end it is ${figure(last.consensusDistance)}, ${percent(last.relativeConsensusDistance)} of the mean model’s norm.`;
  return {
    id: 'consensus-distance',
    svg: lineChart({
      title: 'Consensus distance by round',
      description,
      x: byRound,
      y: {
        label: 'consensus distance',
        format: figure,
        scale: scaleFor(populations.map((event) => event.consensusDistance)),
      },
      series: [
        {
          name: 'consensus distance',
          points: populations.map((event) => [event.round, event.consensusDistance]),
        },
      ],
    }),
    caption: `Consensus distance by round: the root mean square, over nodes, of the distance between a node’s model and the mean of all. ${description}`,
    table: {
      columns: ['Round', 'Consensus distance', 'Relative to the mean’s norm'],
      rows: populations.map((event) => [
        count(event.round),
        figure(event.consensusDistance),
        figure(event.relativeConsensusDistance),
      ]),
    },
  };
}

/** Up to this many tensors a line each; more of them as a mean with a band. */
const mostTensors = 8;

function varianceRatios(populations: readonly PopulationEvent[]): Figure | undefined {
  const tensors = [...new Set(populations.flatMap((event) => Object.keys(event.varianceRatio)))];
  if (tensors.length === 0) return undefined;
  const ratio = (event: PopulationEvent, tensor: string) =>
    Object.hasOwn(event.varianceRatio, tensor) ? event.varianceRatio[tensor] : NaN;
  const description =
    tensors.length > mostTensors
      ? `The line is the mean over ${count(tensors.length)} tensors, the band reaches from the least to the most.`
      : 'A line for each tensor.';
  const lines: Series[] =
    tensors.length > mostTensors
      ? [meanWithBand(populations)]
      : tensors.map((tensor) => ({
          name: tensor,
          points: populations.map((event) => [event.round, ratio(event, tensor)]),
        }));
  return {
    id: 'variance-ratio',
    svg: lineChart({
      title: 'Variance ratio by round',
      description,
      x: byRound,
      y: { label: 'variance ÷ variance at initialisation', format: figure },
      series: lines,
    }),
    caption: `Variance of the weights by round, mean over nodes, over the variance they were initialised with: averaging models that are not alike shrinks it. ${description}`,
    table: {
      columns: ['Round', ...tensors],
      rows: populations.map((event) => [
        count(event.round),
        ...tensors.map((tensor) => figure(ratio(event, tensor))),
      ]),
    },
  };
}

function meanWithBand(populations: readonly PopulationEvent[]): Series {
  const rows = populations.map(({ round, varianceRatio }) => {
    const ratios = Object.values(varianceRatio).filter(Number.isFinite);
    const sum = ratios.reduce((total, value) => total + value, 0);
    return { round, mean: sum / ratios.length, least: Math.min(...ratios), most: Math.max(...ratios) };
  });
  return {
    name: 'mean over tensors',
    points: rows.map((row) => [row.round, row.mean]),
    band: rows.map((row) => [row.round, row.least, row.most]),
  };
}

function correction(populations: readonly PopulationEvent[]): Figure | undefined {
  const corrected = populations.flatMap((event) =>
    event.correction === undefined ? [] : [[event.round, event.correction] as const],
  );
  if (corrected.length === 0) return undefined;
  const description = 'One means that nothing was corrected.';
  return {
    id: 'variance-correction',
    svg: lineChart({
      title: 'Variance correction by round',
      description,
      x: byRound,
      y: { label: 'factor', format: figure },
      series: [{ name: 'factor', points: corrected }],
    }),
    caption: `Mean factor by which merged weights were multiplied to keep their variance. ${description}`,
    table: {
      columns: ['Round', 'Factor'],
      rows: corrected.map(([round, factor]) => [count(round), figure(factor)]),
    },
  };
}
