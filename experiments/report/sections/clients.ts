/** How well the model serves each client: by round, and at the end one by one. */
import type { ClientsEvent } from '../../../records/index.js';
import { lineChart } from '../charts/line-chart.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import type { Progress } from '../../analysis/progress.js';
import { spreadFigure } from './spread.js';

/** Nothing where the run did not evaluate on the clients' own examples. */
export function clientsSection({ clients, populations }: Progress): Section | undefined {
  const last = clients.at(-1);
  if (last === undefined) return undefined;
  const nodes = populations.length > 0;
  const figures = [
    ...(clients.length > 1 ? [byRound(clients)] : []),
    ...(last.accuracies
      ? [
          spreadFigure({
            id: 'accuracy-by-client',
            of: 'client',
            when: `at round ${count(last.round)}`,
            values: last.accuracies.flatMap((accuracy, id) => (accuracy === null ? [] : [{ id, accuracy }])),
          }),
        ]
      : []),
  ];
  return {
    id: 'clients',
    heading: 'Clients',
    body: html`<p>
        On the examples that each client trained on, at round ${count(last.round)},
        ${nodes ? 'the accuracy of each node’s own model' : 'the model’s accuracy'} is ${percent(last.mean)}
        in the mean over clients, with a standard deviation of ${percent(last.deviation)};
        ${percent(last.worstTenth)} in the mean of the worst tenth; and ${percent(last.best)} for the
        best.${without(last)}
      </p>
      ${figuresHtml(figures)}`,
  };
}

const without = ({ missing = [] }: ClientsEvent): string =>
  missing.length === 0 ? '' : ` Results of ${count(missing.length)} clients are missing.`;

function byRound(clients: readonly ClientsEvent[]): Figure {
  const description = 'The band reaches from the mean of the worst tenth of the clients to the best client.';
  return {
    id: 'client-accuracy-by-round',
    svg: lineChart({
      title: 'Accuracy on the examples that clients trained on, by round',
      description,
      x: { label: 'round', least: 0, whole: true, format: count },
      y: { label: 'accuracy', format: (share) => percent(share, 0) },
      series: [
        {
          name: 'mean over clients',
          points: clients.map((event) => [event.round, event.mean]),
          band: clients.map((event) => [event.round, event.worstTenth, event.best]),
        },
      ],
    }),
    caption: `Accuracy on the examples that each client trained on, by round, mean over clients. ${description}`,
    table: {
      columns: ['Round', 'Mean', 'Standard deviation', 'Worst tenth', 'Best'],
      rows: clients.map((event) => [
        count(event.round),
        ...[event.mean, event.deviation, event.worstTenth, event.best].map((share) => percent(share)),
      ]),
    },
  };
}
