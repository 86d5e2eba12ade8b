/** docs/results.md and its figures, from the recorded sweeps. */
import { compareRuns, type Comparison } from '../analysis/compare.js';
import { axisLabel } from '../analysis/axes.js';
import type { Difference } from '../analysis/differences.js';
import { groupName } from '../report/comparison/panels.js';
import { gridsSection } from '../report/comparison/grids.js';
import { trendsSection } from '../report/comparison/trends.js';
import { themes, withColours } from '../report/charts/colours.js';
import { intervalOf } from '../analysis/interval.js';
import { accuracy, averageModelAccuracy, type Metric } from '../analysis/metrics.js';
import { markdownTable } from '../tables/markdown.js';
import { choicesTable } from '../tables/choices.js';
import { differencesTable } from '../tables/differences.js';
import { resultsTable } from '../tables/results.js';
import type { RecordedSweep } from './record.js';

/** What a reader must know of a sweep before comparing its rows. */
const notes: Readonly<Record<string, string>> = {
  topology:
    'D-PSGD was evaluated after the training of a round (`evaluate.after: training`), the other two after aggregation: ' +
    'the differences to D-PSGD hold both the algorithm and the point of evaluation.',
};

/** By path from the root. */
export function resultsFiles(sweeps: readonly RecordedSweep[]): Record<string, string> {
  const parts = sweeps.map(sweepPart);
  const head = `# What sweeps show

This page is made by \`npm run results\` from [experiments/results/sweeps](../experiments/results/sweeps), where
\`npm run results -- DIR…\` records finished sweeps. [report.md](report.md) says how its tables are to be read.
`;
  return Object.assign(
    { 'docs/results.md': [head, ...parts.map(({ text }) => text)].join('\n') },
    ...parts.map(({ figures }) => figures),
  ) as Record<string, string>;
}

function sweepPart({ sweep, runs, axes, recorded }: RecordedSweep) {
  const comparison = compareRuns(recorded, axes);
  const figures = figuresOf(sweep, comparison);
  const file = sweep.replace(/-quick$/, '');
  const quick = file === sweep ? '' : ' --quick';
  const text = [
    `## ${sweep}\n`,
    `${recorded.length} of ${runs} runs are recorded.\n`,
    ...(file in notes ? [`${notes[file]}\n`] : []),
    '```sh',
    `murmur sweep experiments/sweeps/${file}.yaml${quick}`,
    `murmur report sweeps/${sweep} && npm run screenshots -- sweeps/${sweep}/report.html --out pictures`,
    '```\n',
    ...findings(comparison).map((finding) => `- ${finding}`),
    '',
    ...Object.keys(figures).map((path) => `![${sweep}: ${captionOf(path)}](${path.replace('docs/', '')})\n`),
    ...[resultsTable(comparison), differencesTable(comparison), choicesTable(comparison)].flatMap((table) =>
      table === undefined ? [] : [markdownTable(table)],
    ),
  ].join('\n');
  return { text, figures };
}

/** What can be said in a sentence each: the highest mean, and differences whose interval leaves out zero. */
function findings({ groups, axes, differences, compared }: Comparison): string[] {
  const clear = differences.filter(({ mean, margin }) => Math.abs(mean) > margin);
  const adjusted = differences.filter(({ adjustedStudent }) => adjustedStudent < 0.05);
  const tested = differences.filter(({ count }) => count > 1);
  return [
    ...[accuracy, averageModelAccuracy].flatMap((metric) => extremes(metric, groups, axes)),
    ...(tested.length === 0 || compared === undefined
      ? ['With one seed a setting, nothing is known about the seeds’ share in the differences.']
      : [
          `Of ${tested.length} differences to ${differences[0].baseline}, ${clear.length} ${clear.length === 1 ? 'has a 95 % interval' : 'have 95 % intervals'} without zero${clear.length === 0 ? '' : `: ${clear.map(difference(axes, compared)).join('; ')}`}. After Holm’s adjustment for reading ${tested.length} of them, p (t) is below 0.05 for ${adjusted.length}.`,
        ]),
  ];
}

function extremes({ label, of }: Metric, groups: Comparison['groups'], axes: Comparison['axes']): string[] {
  const said = groups
    .map((group) => ({ group, ...intervalOf(group.runs.map(of)) }))
    .filter(({ mean }) => Number.isFinite(mean))
    .sort((a, b) => b.mean - a.mean)
    .map(({ group, mean, margin }) => `${groupName(group, axes)} with ${points(mean)}${plusMinus(margin)} %`);
  return said.length < 2
    ? []
    : [
        `The highest ${label.toLowerCase()} is that of ${said[0]}, the lowest that of ${said[said.length - 1]}.`,
      ];
}

const difference =
  (axes: Comparison['axes'], compared: NonNullable<Comparison['compared']>) =>
  ({ among, value, mean, margin }: Difference) => {
    const others = axes.filter((axis) => axis !== compared);
    const where = others.map((axis, i) => `${axisLabel(axis.name, axes)} ${among[i]}`).join(', ');
    return `${value}${where === '' ? '' : ` at ${where}`} ${mean > 0 ? '+' : '−'}${points(Math.abs(mean))}${plusMinus(margin)}`;
  };

const points = (share: number) => (100 * share).toFixed(2);
const plusMinus = (margin: number) => (Number.isFinite(margin) ? ` ± ${points(margin)}` : '');

/** The first map and the first trends of the report's page. */
function figuresOf(sweep: string, comparison: Comparison): Record<string, string> {
  const bodies = [gridsSection(comparison), trendsSection(comparison)].map((section) => section?.body);
  const markup = bodies
    .map((body) => (typeof body === 'object' && 'markup' in body ? body.markup : ''))
    .join('');
  const drawn = [...markup.matchAll(/<figure id="([\w-]+)"[\s\S]*?(<svg [\s\S]*?<\/svg>)/g)];
  const pick = (start: string) => drawn.find(([, id]) => id.startsWith(start));
  return Object.fromEntries(
    ['grid-accuracy', 'trend-accuracy', 'trend-average-model-accuracy'].flatMap((start) => {
      const found = pick(start);
      return found === undefined
        ? []
        : [[`docs/figures/sweep-${sweep}-${start}.svg`, withColours(found[2], themes.light)]];
    }),
  );
}

const captionOf = (path: string) => {
  const what = path.includes('average-model') ? 'accuracy of the average model' : 'accuracy';
  return path.includes('grid') ? `${what} over two axes` : `what ${what} goes with`;
};
