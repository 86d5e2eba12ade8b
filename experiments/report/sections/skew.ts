/** The measured skew of the clients' data in words: what the numbers are and what they mean. */
import type { Skew } from '../../../data/index.js';
import { html, type Html } from '../page/html.js';
import { count, figure } from '../page/numbers.js';

/** @param classes how many labels there are, where known */
export function skewHtml({ effectiveClasses, divergence, sizeGini, sizes }: Skew, classes?: number): Html {
  return html`<p>${labels(divergence)}, and ${amounts(sizeGini)}. ${held(sizes)}</p>
    <dl class="facts measure">
      <dt>Effective classes</dt>
      <dd>
        ${figure(effectiveClasses.mean)} in the mean over clients, from ${figure(effectiveClasses.least)} to
        ${figure(effectiveClasses.most)}${classes === undefined ? '' : ` (of ${count(classes)})`}: how many
        labels in equal parts would be as varied as the client’s own.
      </dd>
      <dt>Divergence</dt>
      <dd>
        ${figure(divergence)} bits, the mean Jensen–Shannon divergence between two clients’ labels: 0 where
        they are alike, 1 where they have none in common. Small clients differ a little even when drawn from
        one population.
      </dd>
      <dt>Gini of sizes</dt>
      <dd>
        ${figure(sizeGini)}: 0 where all clients hold equally many examples, towards 1 where one holds nearly
        all.
      </dd>
    </dl>`;
}

const held = ({ least, most, mean }: Skew['sizes']): string =>
  least === most
    ? `Each holds ${count(most)} training examples.`
    : `A client holds between ${count(least)} and ${count(most)} training examples, ${figure(mean)} in the mean.`;

function labels(divergence: number): string {
  return inWords(divergence, [
    [0.05, 'The clients’ labels are nearly alike'],
    [0.2, 'The clients’ labels differ mildly'],
    [0.5, 'The clients’ labels differ strongly'],
    [Infinity, 'Most pairs of clients have few labels in common'],
  ]);
}

function amounts(sizeGini: number): string {
  return inWords(sizeGini, [
    [0.05, 'they hold about equally many examples'],
    [0.25, 'some hold more examples than others'],
    [0.5, 'they hold very different numbers of examples'],
    [Infinity, 'a few of them hold most of the examples'],
  ]);
}

/** The words for the first bound above the value. */
function inWords(value: number, scale: readonly (readonly [below: number, words: string])[]): string {
  return (scale.find(([below]) => value < below) ?? scale[scale.length - 1])[1];
}
