/** Who answered, and the algorithm's own figures by exchange. */
import type { ExchangeEvent } from '../../../runs/index.js';
import { lineChart } from '../charts/line-chart.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { bytes, count, figure } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { tableHtml } from '../page/table.js';
import type { Progress } from '../../analysis/progress.js';

export function exchangesSection({ exchanges }: Progress): Section | undefined {
  if (exchanges.length === 0) return undefined;
  const answered = exchanges.reduce((total, event) => total + event.answered, 0);
  const missing = exchanges.reduce((total, event) => total + event.missing.length, 0);
  return {
    id: 'exchanges',
    heading: 'Exchanges',
    body: html`<p>
        ${count(answered)} answers counted in ${count(exchanges.length)} exchanges;
        ${missing === 0 ? 'every client that was asked answered' : `${count(missing)} ${missing === 1 ? 'was' : 'were'} missing`}.
      </p>
      <details>
        <summary>Exchanges one by one</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of exchanges">
          ${tableHtml(oneByOne(exchanges))}
        </div>
      </details>
      ${figuresHtml(ownFigures(exchanges))}`,
  };
}

const allFlows = [
  { key: 'bytesDown', label: 'To clients' },
  { key: 'bytesUp', label: 'From clients' },
  { key: 'bytesBetweenNodes', label: 'Between nodes' },
] as const;

function oneByOne(exchanges: readonly ExchangeEvent[]) {
  const flows = allFlows.filter(({ key }) => exchanges.some((event) => event[key] !== undefined));
  return {
    columns: ['Round', 'Training loss', 'Answered', 'Missing', ...flows.map(({ label }) => label)],
    rows: exchanges.map((event) => [
      count(event.round),
      figure(event.loss),
      count(event.answered),
      count(event.missing.length),
      ...flows.map(({ key }) => bytes(event[key] ?? 0)),
    ]),
  };
}

function ownFigures(exchanges: readonly ExchangeEvent[]): Figure[] {
  const names = [...new Set(exchanges.flatMap((event) => Object.keys(event.report ?? {})))];
  return names.map((name, index) => {
    const points = exchanges.flatMap(({ round, report }) =>
      report && Object.hasOwn(report, name) ? [[round, report[name]] as const] : [],
    );
    return {
      id: `own-figure-${index + 1}`,
      svg: lineChart({
        title: `${name} by round`,
        description: `The algorithm’s own figure “${name}”.`,
        x: { label: 'round', least: 0, whole: true, format: count },
        y: { label: name, format: figure },
        series: [{ name, points }],
      }),
      caption: html`<code>${name}</code>, a figure of the algorithm’s own, by round.`,
      table: {
        columns: ['Round', name],
        rows: points.map(([round, value]) => [count(round), figure(value)]),
      },
    };
  });
}
