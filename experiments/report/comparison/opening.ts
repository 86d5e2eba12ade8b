/** How a comparison begins: what was run, and the outcome in a sentence. */
import { mean } from '../../../numerics/index.js';
import { axisLabel, valueLabel } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';
import { intervalOf } from '../../analysis/interval.js';
import { accuracy } from '../../analysis/metrics.js';
import { html, type Html } from '../page/html.js';
import { count, percent } from '../page/numbers.js';
import { groupName } from './panels.js';

export interface LeftOut {
  readonly directory: string;
  readonly why: string;
}

export function comparisonOpening({ groups, axes, allAxes }: Comparison, leftOut: readonly LeftOut[]): Html {
  const runs = groups.flatMap((group) => group.runs);
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const rank = groups.map((group) => ({
    group,
    accuracies: group.runs.map(accuracy.of),
  }));
  const best = rank.reduce((a, b) => (mean(b.accuracies) > mean(a.accuracies) ? b : a));
  const { mean: centre, margin } = intervalOf(best.accuracies);
  const key: readonly (readonly [name: string, value: string])[] = [
    ['Runs', count(runs.length)],
    ['Settings', count(groups.length)],
    ['Seeds', count(seeds)],
    ['Axes', count(allAxes.length)],
  ];
  return html`<p class="lead">
      ${
        groups.length > 1
          ? html`Of ${count(groups.length)} settings, <strong>${groupName(best.group, axes)}</strong> has the
              highest mean accuracy on the test set: `
          : 'The mean accuracy on the test set is '
      }<strong>${percent(centre)}${Number.isFinite(margin) ? ` ± ${percent(margin)}` : ''}</strong>.
    </p>
    <dl class="key">
      ${key.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <dl class="facts measure">
      ${axes.map(
        (axis) =>
          html`<dt>${axisLabel(axis.name, axes)}</dt>
            <dd>${axis.values.map((value) => valueLabel(value)).join(', ')}</dd>`,
      )}
    </dl>
    ${leftOut.length > 0 ? leftOutHtml(leftOut) : undefined}`;
}

const leftOutHtml = (leftOut: readonly LeftOut[]) =>
  html`<details>
    <summary>${count(leftOut.length)} ${leftOut.length === 1 ? 'run is' : 'runs are'} left out</summary>
    <ul>
      ${leftOut.map(({ directory, why }) => html`<li><code>${directory}</code>: ${why}</li>`)}
    </ul>
  </details>`;
