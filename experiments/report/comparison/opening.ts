/** How a comparison begins: what was run, and the outcome in a sentence. */
import { axisLabel, valueLabel, type Axis } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Group } from '../../analysis/groups.js';
import { sampleOf, type Sample } from '../../analysis/interval.js';
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
  const ranked = groups
    .map((group) => ({ group, ...sampleOf(group.runs.map(accuracy.of)) }))
    // The mean of the runs that did not diverge is none of the setting's.
    .filter(({ count: known, of }) => known === of)
    .sort((a, b) => b.mean - a.mean);
  const diverged = runs.filter((run) => run.diverged).length;
  const key: readonly (readonly [name: string, value: string])[] = [
    ['Runs', count(runs.length)],
    ['Settings', count(groups.length)],
    ['Seeds', count(seeds)],
    ['Axes', count(allAxes.length)],
  ];
  return html`<p class="lead">
      ${highest(ranked.at(0), groups, axes)}
      ${
        diverged === 0
          ? undefined
          : `${count(diverged)} of ${count(runs.length)} runs diverged; they have no results, and no setting with one of them is ranked.`
      }
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

type Ranked = Sample & { readonly group: Group };

function highest(best: Ranked | undefined, groups: readonly Group[], axes: readonly Axis[]): Html {
  if (!best) return html`No setting has an accuracy on the test set of each of its runs.`;
  const { mean, margin, of, group } = best;
  const amount = html`<strong
      >${percent(mean)}${Number.isFinite(margin) ? ` ± ${percent(margin)}` : ''}</strong
    >
    over ${count(of)} ${of === 1 ? 'seed' : 'seeds'}.`;
  return groups.length > 1
    ? html`Of ${count(groups.length)} settings, <strong>${groupName(group, axes)}</strong> has the highest
        mean accuracy on the test set: ${amount}`
    : html`The mean accuracy on the test set is ${amount}`;
}

/** Those that are few are always seen, also on paper; many are behind a line that says how many. */
function leftOutHtml(leftOut: readonly LeftOut[]): Html {
  const heading = `${count(leftOut.length)} ${leftOut.length === 1 ? 'run is' : 'runs are'} left out`;
  const list = html`<ul>
    ${leftOut.map(({ directory, why }) => html`<li><code>${directory}</code>: ${why}</li>`)}
  </ul>`;
  return leftOut.length > mostListed
    ? html`<details class="left-out">
        <summary>${heading}</summary>
        ${list}
      </details>`
    : html`<div class="left-out">
        <p>${heading}:</p>
        ${list}
      </div>`;
}

const mostListed = 8;
