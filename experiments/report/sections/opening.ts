/** How a run's report begins: its outcome in a sentence, and its key figures. */
import type { RunRecord } from '../../../records/index.js';
import { html, type Html } from '../page/html.js';
import { count, duration, figure, percent } from '../page/numbers.js';

const endings: Readonly<Record<RunRecord['ended'], string>> = {
  rounds: 'The run ended because its rounds were done.',
  target: 'The run ended because it reached its target.',
  done: 'The run ended because the algorithm was done.',
};

const sets: Readonly<Record<RunRecord['evaluatedOn'], string>> = {
  test: 'of the test set',
  validation: 'of the validation part',
  clients: 'of the examples that a client trained on, in the mean over the clients,',
};

/** @param population whether each client kept a model of its own: figures are means over them, the saved model is their mean */
export function openingHtml(record: RunRecord, population: boolean): Html {
  const { accuracy, loss, averageModel, evaluatedOn, rounds, clients, weightsSha256 } = record;
  const key: readonly (readonly [name: string, value: string | Html])[] = [
    ['Accuracy', percent(accuracy)],
    ...(loss === undefined ? [] : [['Loss', figure(loss)] as const]),
    ...(averageModel ? [['Average model', percent(averageModel.accuracy)] as const] : []),
    ['Rounds', count(rounds)],
    ['Clients', count(clients)],
    ['Parameters', count(record.parameters)],
    ['Wall time', duration(record.wallSeconds)],
    ['Seed', String(record.seed)],
    ['Weights', html`<abbr title="SHA-256 ${weightsSha256}">${weightsSha256.slice(0, 8)}</abbr>`],
  ];
  return html`<p class="lead">
      After ${plural(rounds, 'round')} with ${plural(clients, 'client')},
      ${population ? 'a node’s own model, in the mean over the nodes,' : 'the model'} classifies
      <strong>${percent(accuracy)}</strong> ${sets[evaluatedOn]}
      correctly${loss === undefined ? '' : `, at a loss of ${figure(loss)}`}. ${endings[record.ended]}
    </p>
    <dl class="key">
      ${key.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
}

const plural = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
