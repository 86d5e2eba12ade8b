/** Who answered, and the algorithm's own figures by round. */
import type { RoundEvent } from '../../../records/index.js';
import { lineChart } from '../charts/line-chart.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { bytes, count, figure } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { tableHtml } from '../page/table.js';
import type { Progress } from '../../analysis/progress.js';

export function roundsSection({ rounds }: Progress): Section | undefined {
  if (rounds.length === 0) return undefined;
  const answered = rounds.reduce((total, event) => total + event.answered, 0);
  const missing = rounds.reduce((total, event) => total + event.missing.length, 0);
  return {
    id: 'rounds',
    heading: 'Rounds',
    body: html`<p>
        ${count(answered)} answers counted in ${count(rounds.length)} rounds;
        ${missing === 0 ? 'every client that was asked answered' : `${count(missing)} ${missing === 1 ? 'was' : 'were'} missing`}.
      </p>
      <details>
        <summary>Rounds one by one</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of rounds">
          ${tableHtml(oneByOne(rounds))}
        </div>
      </details>
      ${figuresHtml(ownFigures(rounds))}`,
  };
}

const allFlows = [
  { key: 'bytesDown', label: 'To clients' },
  { key: 'bytesUp', label: 'From clients' },
  { key: 'bytesBetweenNodes', label: 'Between nodes' },
] as const;

function oneByOne(rounds: readonly RoundEvent[]) {
  const flows = allFlows.filter(({ key }) => rounds.some((event) => event[key] !== undefined));
  return {
    columns: ['Round', 'Training loss', 'Answered', 'Missing', ...flows.map(({ label }) => label)],
    rows: rounds.map((event) => [
      count(event.round),
      figure(event.loss),
      count(event.answered),
      count(event.missing.length),
      ...flows.map(({ key }) => bytes(event[key] ?? 0)),
    ]),
  };
}

function ownFigures(rounds: readonly RoundEvent[]): Figure[] {
  const names = [...new Set(rounds.flatMap((event) => Object.keys(event.report ?? {})))];
  return names.map((name, index) => {
    const points = rounds.flatMap(({ round, report }) =>
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
