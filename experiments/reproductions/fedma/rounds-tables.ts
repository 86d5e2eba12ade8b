/** The tables of training by rounds, and what they say. */
import { mean } from '../../../numerics/index.js';
import { claim, type Finding } from '../findings.js';
import { table } from '../markdown.js';
import { megabytes, percent, priorText, widthsText } from './numbers.js';
import {
  accuracyAfter,
  accuracyWithin,
  chosenRounds,
  outcome,
  type ChosenRun,
  type Outcome,
  type Recorded,
} from './recorded.js';
import {
  datasetNames,
  datasets,
  epochCounts,
  EXCHANGES,
  methodLabels,
  methods,
  ROUNDS_HIDDEN,
  type Dataset,
} from './settings.js';
import type { Rounds } from './rounds.js';

export type Method = (typeof methods)[number];

/** The rounds of one pass. */
const PASS = ROUNDS_HIDDEN.length + 1;

/** Methods side by side. */
export interface Runs {
  readonly runs: ReadonlyMap<Method, ChosenRun>;
  /** What the method that sends least sends in all rounds. */
  readonly budget: number;
}

interface Compared extends Runs {
  readonly dataset: Dataset;
  readonly epochs: number;
}

const totalBytes = ({ runs }: ChosenRun) => mean(runs.map(({ bytes }) => bytes.at(-1) ?? 0));

export function compared(recorded: Recorded, dataset: Dataset, epochs: number): Compared {
  const runs = new Map(
    methods.flatMap((method) => {
      const found = chosenRounds(recorded, { dataset, split: 'dirichlet', epochs, method });
      return found ? [[method, found] as const] : [];
    }),
  );
  return { dataset, epochs, ...withBudget(runs) };
}

export const withBudget = (runs: ReadonlyMap<Method, ChosenRun>): Runs => ({
  runs,
  budget: Math.min(...[...runs.values()].map(totalBytes)),
});

export const over = (
  runs: readonly Rounds[],
  value: (run: Rounds) => number | undefined,
): Outcome | undefined =>
  outcome(
    runs.flatMap((run) => {
      const test = value(run);
      return test === undefined ? [] : [{ test }];
    }),
  );

/** What was chosen for a method, e.g. "η 0.05, μ 0.01 (of 2)". */
function choiceText({ setting: { rate, mu, prior }, of }: ChosenRun): string {
  const parts = [
    `η ${rate}`,
    ...(mu === undefined ? [] : [`μ ${mu}`]),
    ...(prior === undefined ? [] : [priorText(prior)]),
  ];
  return `${parts.join(', ')}; of ${of}`;
}

export const finalWidths = ({ runs }: ChosenRun): number[] => {
  const last = runs.map(({ widths }) => widths.at(-1) ?? []);
  return last[0].map((_, layer) => mean(last.map((widths) => widths[layer])));
};

/** The columns of a method's numbers; `head` names it. */
export const roundsColumns = (afterPass: string, atTheEnd: string) => [
  'chosen',
  afterPass,
  atTheEnd,
  'MB sent',
  'at equal bytes',
  'hidden widths',
  'seeds',
];

export function roundsRow(
  head: readonly string[],
  run: ChosenRun | undefined,
  { pass, rounds, budget }: { readonly pass: number; readonly rounds: number; readonly budget: number },
): string[] {
  if (run === undefined) return [...head, '', '', '', '', '', '', ''];
  return [
    ...head,
    choiceText(run),
    percent(over(run.runs, (one) => accuracyAfter(pass, one))),
    percent(over(run.runs, (one) => accuracyAfter(rounds, one))),
    megabytes(totalBytes(run)),
    percent(over(run.runs, (one) => accuracyWithin(budget, one))),
    widthsText(finalWidths(run)),
    String(run.runs.length),
  ];
}

/** Accuracy at equal rounds and at equal bytes. */
export function roundsTable(recorded: Recorded): string {
  const rows = datasetNames.flatMap((dataset) =>
    epochCounts.flatMap((epochs) => {
      const { runs, budget } = compared(recorded, dataset, epochs);
      return methods.map((method) =>
        roundsRow([datasets[dataset], String(epochs), methodLabels[method]], runs.get(method), {
          pass: PASS,
          rounds: EXCHANGES,
          budget,
        }),
      );
    }),
  );
  return table(
    ['data', 'E', 'method', ...roundsColumns(`after ${PASS} rounds`, `after ${EXCHANGES}`)],
    4,
    rows,
  );
}

/** How much a difference must be to count. */
export const MORE = 0.005;

/** The paper's claims of training in passes, and what came of them. */
export function roundsClaims(recorded: Recorded): string {
  const pairs = datasetNames.flatMap((dataset) =>
    epochCounts.map((epochs) => compared(recorded, dataset, epochs)),
  );
  const against = (
    other: 'fedavg' | 'fedprox',
    value: (run: Rounds, budget: number) => number | undefined,
  ): Finding[] =>
    pairs.flatMap(({ dataset, epochs, runs, budget }) => {
      const [ours, theirs] = (['fedma', other] as const).map((method) => {
        const run = runs.get(method);
        return run && over(run.runs, (one) => value(one, budget))?.test;
      });
      if (ours === undefined || theirs === undefined) return [];
      return [
        {
          holds: ours > theirs + MORE,
          text: `${datasets[dataset]}, E = ${epochs}: FedMA ${percent(ours)}, ${methodLabels[other]} ${percent(theirs)}.`,
        },
      ];
    });
  const both = (value: (run: Rounds, budget: number) => number | undefined) =>
    (['fedavg', 'fedprox'] as const).flatMap((other) => against(other, value));
  return [
    claim(
      `One pass of FedMA (${PASS} rounds) is better than as many rounds of FedAvg and FedProx, by half a point or more.`,
      both((run) => accuracyAfter(PASS, run)),
    ),
    claim(
      `With communication (${EXCHANGES} rounds) FedMA is better than as many rounds of them.`,
      both((run) => accuracyAfter(EXCHANGES, run)),
    ),
    claim(
      'With communication FedMA is better than them at equal bytes.',
      both((run, budget) => accuracyWithin(budget, run)),
    ),
    claim('Global networks are at most 1.2 times as wide as the clients’.', widths(pairs)),
    claim('More local epochs make FedMA better.', effectOfEpochs(recorded, 'fedma')),
    claim('More local epochs make FedAvg better.', effectOfEpochs(recorded, 'fedavg')),
  ].join('\n');
}

function widths(pairs: readonly Compared[]): Finding[] {
  return pairs.flatMap(({ dataset, epochs, runs }) => {
    const run = runs.get('fedma');
    if (run === undefined) return [];
    const grown = finalWidths(run);
    return [
      {
        holds: grown.every((width, layer) => width <= 1.2 * ROUNDS_HIDDEN[layer]),
        text: `${datasets[dataset]}, E = ${epochs}: ${widthsText(grown)} from ${widthsText(ROUNDS_HIDDEN)}.`,
      },
    ];
  });
}

/** The accuracy at the end with each number of epochs and the next larger one. */
function effectOfEpochs(recorded: Recorded, method: Method): Finding[] {
  const ascending = [...epochCounts].sort((a, b) => a - b);
  return datasetNames.flatMap((dataset) => {
    const ends = ascending.flatMap((epochs) => {
      const run = compared(recorded, dataset, epochs).runs.get(method);
      const end = run && over(run.runs, (one) => accuracyAfter(EXCHANGES, one));
      return end ? [{ epochs, accuracy: end.test }] : [];
    });
    return ends.slice(1).map(({ epochs, accuracy }, index) => {
      const fewer = ends[index];
      return {
        holds: accuracy > fewer.accuracy + MORE,
        text:
          `${datasets[dataset]}: ${percent(fewer.accuracy)} with E = ${fewer.epochs}, ` +
          `${percent(accuracy)} with E = ${epochs}.`,
      };
    });
  });
}
