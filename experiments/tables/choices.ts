/** The table of settings that were chosen on the validation part: what was tried and what was kept. */
import type { Comparison } from '../analysis/compare.js';
import { axisColumns } from './axis-columns.js';
import type { Amount, Table } from './table.js';

/** Nothing where nothing was chosen. */
export function choicesTable({ choices, allAxes }: Comparison): Table | undefined {
  const tried = choices.flatMap(({ candidates, chosen }) =>
    candidates.map(({ group, validation }) => ({
      group,
      // Only a run that diverged has none.
      validation: Number.isNaN(validation) ? 'diverged' : { count: 1, mean: validation, margin: NaN },
      isChosen: group === chosen,
    })),
  );
  if (tried.length === 0) return undefined;
  return {
    caption:
      'Settings are chosen by their mean accuracy on the validation part at the end; the test set had no say in it, and all other tables and plots are of what was chosen. A setting with a run that diverged is not chosen while there is another.',
    columns: [
      ...axisColumns(
        allAxes,
        tried.map(({ group }) => group.labels),
      ),
      {
        key: 'validation_accuracy',
        label: 'Validation accuracy',
        unit: 'share',
        amounts: tried.map(({ validation }): Amount => validation),
      },
      { key: 'chosen', label: 'Chosen', names: tried.map(({ isChosen }) => (isChosen ? 'yes' : '')) },
    ],
  };
}
