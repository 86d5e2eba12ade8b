/** The table of FedMA on convolutions and on an LSTM, and what it says. */
import { claim, type Finding } from '../findings.js';
import { table } from '../markdown.js';
import { roundsOf, kindNames, kinds, settingsOf, type Kind } from './kinds.js';
import { percent, widthsText } from './numbers.js';
import { accuracyAfter, accuracyWithin, bestOf, type ChosenRun, type Recorded } from './recorded.js';
import {
  finalWidths,
  MORE,
  over,
  roundsColumns,
  roundsRow,
  withBudget,
  type Method,
} from './rounds-tables.js';
import type { Rounds } from './rounds.js';
import { methodLabels, methods } from './settings.js';

function runsOf(kind: Kind, recorded: Recorded) {
  const { rate, mu } = kinds[kind];
  return withBudget(
    new Map(
      methods.flatMap((method): (readonly [Method, ChosenRun])[] => {
        const found = bestOf(
          settingsOf(kind)
            .filter((setting) => setting.method === method)
            .map((setting) => ({
              setting: {
                rate,
                ...(method === 'fedprox' && { mu }),
                ...(setting.prior && { prior: setting.prior }),
              },
              runs: recorded.kinds(setting),
            })),
        );
        return found ? [[method, found]] : [];
      }),
    ),
  );
}

export function kindsTable(recorded: Recorded): string {
  const rows = kindNames.flatMap((kind) => {
    const { dataLabel, epochs, pass } = kinds[kind];
    const { runs, budget } = runsOf(kind, recorded);
    return methods.map((method) =>
      roundsRow([kind, dataLabel, String(epochs), methodLabels[method]], runs.get(method), {
        pass,
        rounds: roundsOf(kind),
        budget,
      }),
    );
  });
  return table(['network', 'data', 'E', 'method', ...roundsColumns('after one pass', 'after two')], 5, rows);
}

/** The claims of passes that can be judged here too. */
export function kindsClaims(recorded: Recorded): string {
  const better = (value: (kind: Kind, run: Rounds, budget: number) => number | undefined): Finding[] =>
    kindNames.flatMap((kind) => {
      const { runs, budget } = runsOf(kind, recorded);
      const accuracy = (method: Method) => {
        const run = runs.get(method);
        return run && over(run.runs, (one) => value(kind, one, budget))?.test;
      };
      const ours = accuracy('fedma');
      return (['fedavg', 'fedprox'] as const).flatMap((other) => {
        const theirs = accuracy(other);
        if (ours === undefined || theirs === undefined) return [];
        return [
          {
            holds: ours > theirs + MORE,
            text: `${kind}: FedMA ${percent(ours)}, ${methodLabels[other]} ${percent(theirs)}.`,
          },
        ];
      });
    });
  const growth = kindNames.flatMap((kind): Finding[] => {
    const run = runsOf(kind, recorded).runs.get('fedma');
    if (run === undefined) return [];
    const grown = finalWidths(run);
    return [
      {
        holds: grown.every((width, layer) => width <= 1.2 * kinds[kind].hidden[layer]),
        text: `${kind}: ${widthsText(grown)} from ${widthsText(kinds[kind].hidden)}.`,
      },
    ];
  });
  return [
    claim(
      'One pass of FedMA is better than as many rounds of FedAvg and FedProx, by half a point or more.',
      better((kind, run) => accuracyAfter(kinds[kind].pass, run)),
    ),
    claim(
      'So are two passes.',
      better((kind, run) => accuracyAfter(roundsOf(kind), run)),
    ),
    claim(
      'Two passes are better than them at equal bytes.',
      better((_, run, budget) => accuracyWithin(budget, run)),
    ),
    claim('Global networks are at most 1.2 times as wide as the clients’.', growth),
  ].join('\n');
}
