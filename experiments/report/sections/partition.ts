/** Who holds which data: the partition drawn, and its measured skew. */
import type { RunRecord } from '../../../records/index.js';
import { barChart } from '../charts/bar-chart.js';
import { heatmap } from '../charts/heatmap.js';
import { evenlySpaced } from '../page/evenly-spaced.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { skewHtml } from './skew.js';

/** More clients than these are not drawn. */
const mostClients = 100;
const width = 960;

export function partitionSection({ skew, labelCounts, clients }: RunRecord): Section {
  return {
    id: 'data',
    heading: 'Data of the clients',
    body: html`${skewHtml(skew, labelCounts?.[0]?.length)}
    ${
      labelCounts && labelCounts.length > 0
        ? drawn(labelCounts)
        : html`<p>Label counts are recorded for at most 1,000 clients; this run has ${count(clients)}.</p>`
    }`,
  };
}

type LabelCounts = NonNullable<RunRecord['labelCounts']>;

const drawn = (labelCounts: LabelCounts) =>
  figuresHtml([labelsByClient('labels-by-client', labelCounts), examplesByClient(labelCounts)]);

/** Which clients are drawn, and a sentence that says so. */
function drawnClients(labelCounts: LabelCounts) {
  const shown = evenlySpaced(labelCounts.length, mostClients);
  const who =
    shown.length < labelCounts.length
      ? ` ${count(shown.length)} of the ${count(labelCounts.length)} clients are shown, evenly spaced by number.`
      : ` All ${count(shown.length)} clients are shown.`;
  return { shown, who };
}

export function labelsByClient(id: string, labelCounts: LabelCounts): Figure {
  const { shown, who } = drawnClients(labelCounts);
  const classes = labelCounts[0].length;
  const totals = labelCounts.map(sum);
  const description = 'The share of each client’s examples that have each label; an empty cell is none.';
  return {
    id,
    wide: true,
    svg: heatmap({
      title: 'Labels by client',
      description: description + who,
      width,
      height: Math.min(620, 110 + classes * 18),
      x: { label: 'client', names: shown.map(String) },
      y: { label: 'label', names: labelCounts[0].map((_, label) => String(label)) },
      values: labelCounts[0].map((_, label) =>
        shown.map((client) => {
          const held = labelCounts[client][label];
          return held > 0 ? held / totals[client] : undefined;
        }),
      ),
      amounts: {
        label: 'share of the client’s examples',
        format: (share) => percent(share, 0),
        low: 0,
        high: 1,
      },
    }),
    caption: description + who,
    table: {
      columns: ['Client', 'Examples', ...labelCounts[0].map((_, label) => `Label ${label}`)],
      rows: shown.map((client) => [
        String(client),
        count(totals[client]),
        ...labelCounts[client].map((held) => count(held)),
      ]),
    },
  };
}

function examplesByClient(labelCounts: LabelCounts): Figure {
  const { shown, who } = drawnClients(labelCounts);
  const description = 'How many training examples each client holds.';
  const bars = shown.map((client) => ({ name: String(client), value: sum(labelCounts[client]) }));
  return {
    id: 'examples-by-client',
    wide: true,
    svg: barChart({
      title: 'Examples by client',
      description: description + who,
      width,
      height: 200,
      x: 'client',
      y: { label: 'examples', whole: true, format: count },
      bars,
    }),
    caption: description + who,
    table: { columns: ['Client', 'Examples'], rows: bars.map(({ name, value }) => [name, count(value)]) },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
