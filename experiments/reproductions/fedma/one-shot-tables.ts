/** The tables of networks merged at once, and what they say. */
import { mean } from '../../../numerics/index.js';
import { claim, type Finding } from '../findings.js';
import { table } from '../markdown.js';
import { percent, priorText, widthsText } from './numbers.js';
import type { OneShot } from './one-shot.js';
import { chosen, chosenFusion, outcome, type Recorded } from './recorded.js';
import { referenceOf } from './reference.js';
import { datasets, oneShotSettings, referencePriors, splitLabels, type OneShotSetting } from './settings.js';

const startLabels = { own: 'own', common: 'shared' } as const;

const named = ({ dataset, split, hidden, start }: OneShotSetting) => [
  datasets[dataset],
  splitLabels[split],
  widthsText(hidden),
  startLabels[start],
];

/** Test accuracy by method. */
export function methodsTable(recorded: Recorded): string {
  const rows = oneShotSettings.map((setting) => {
    const runs = recorded.oneShot(setting);
    const pfnm = chosen(runs, 'pfnm');
    const spahm = chosen(runs, 'spahm');
    return [
      ...named(setting),
      percent(outcome(runs.map(({ local }) => local))),
      percent(outcome(runs.map(({ average }) => average))),
      withWidths(pfnm),
      withWidths(spahm),
      percent(outcome(runs.map(({ rebasin }) => rebasin))),
      percent(outcome(chosenFusion(runs))),
      percent(outcome(runs.map(({ ensemble }) => ensemble.softmax))),
      percent(outcome(runs.map(({ ensemble }) => ensemble.classWeighted))),
      runs.length === 0 ? '' : String(runs.length),
    ];
  });
  return table(
    [
      'data',
      'split',
      'hidden',
      'init',
      'mean local',
      'weight average',
      'PFNM: width',
      'SPAHM: width',
      're-basin',
      'OTFusion',
      'ensemble, softmax',
      'ensemble, by class',
      'seeds',
    ],
    4,
    rows,
  );
}

/** E.g. "83.1: 127". */
function withWidths(scores: readonly { test: number; widths: readonly number[] }[]): string {
  if (scores.length === 0) return '';
  const widths = scores[0].widths.map((_, layer) => mean(scores.map((score) => score.widths[layer])));
  return `${percent(outcome(scores))}: ${widthsText(widths)}`;
}

const withReference = oneShotSettings.flatMap((setting) => {
  const reference = referenceOf(setting);
  return reference ? [{ setting, reference }] : [];
});

/** What ours shares with the reference's table, side by side. */
export function referenceTable(recorded: Recorded): string {
  const rows = withReference.map(({ setting, reference }) => {
    const runs = recorded.beside(setting);
    const names = ['local', 'average', 'softmax'] as const;
    return [
      ...named(setting).slice(1),
      ...names.flatMap((name) => [percent(reference[name]), percent(outcome(runs.map((run) => run[name])))]),
    ];
  });
  const pair = (name: string) => [`${name}: reference`, 'ours'];
  return table(
    [
      'split',
      'hidden',
      'init',
      ...pair('mean local'),
      ...pair('weight average'),
      ...pair('ensemble, softmax'),
    ],
    3,
    rows,
  );
}

type OneShotScores = readonly { readonly test: number }[];

/** PFNM with each of the reference's priors: accuracy, width and seconds. */
export function priorsTable(recorded: Recorded): string {
  const rows = withReference.flatMap(({ setting, reference }) => {
    const runs = recorded.beside(setting);
    return referencePriors.map((prior, index) => {
      const [accuracy, widths, seconds] = reference.pfnm[index];
      const ours = runs.map(({ pfnm }) => pfnm[index]);
      return [
        ...named(setting).slice(1),
        priorText(prior),
        percent(accuracy),
        percent(outcome(ours)),
        widths,
        ours.length === 0
          ? ''
          : widthsText(ours[0].widths.map((_, layer) => mean(ours.map((run) => run.widths[layer])))),
        seconds.toFixed(1),
        ours.length === 0 ? '' : mean(ours.map((run) => run.seconds)).toFixed(1),
      ];
    });
  });
  const pair = (name: string) => [`${name}: reference`, 'ours'];
  return table(
    ['split', 'hidden', 'init', '(σ², σ₀², γ)', ...pair('accuracy'), ...pair('width'), ...pair('seconds')],
    4,
    rows,
  );
}

const over = (scores: OneShotScores) => mean(scores.map(({ test }) => test));

/** How much a mean of single runs may be off: differences below are called equal. */
const NOISE = 0.01;

/** What is asked of merging at once, and what came of it. */
export function oneShotClaims(recorded: Recorded): string {
  const ran = oneShotSettings
    .map((setting) => ({ setting, runs: recorded.oneShot(setting) }))
    .filter(({ runs }) => runs.length > 0);
  const findings = (
    where: (setting: OneShotSetting) => boolean,
    say: (runs: readonly OneShot[]) => { holds: boolean; text: string },
  ): Finding[] =>
    ran
      .filter(({ setting }) => where(setting))
      .map(({ setting, runs }) => {
        const { holds, text } = say(runs);
        return { holds, text: `${named(setting).join(', ')}: ${text}.` };
      });
  const matched = (runs: readonly OneShot[]) => over(chosen(runs, 'pfnm'));
  const best = (runs: readonly OneShot[]) =>
    Math.max(
      matched(runs),
      over(chosen(runs, 'spahm')),
      over(runs.map(({ rebasin }) => rebasin)),
      over(chosenFusion(runs)),
    );
  return [
    claim(
      'From initialisations of their own, averaging weights is at chance (10 % and 5 points more at most), and PFNM is not.',
      findings(
        ({ start }) => start === 'own',
        (runs) => {
          const average = over(runs.map((run) => run.average));
          return {
            holds: average < 0.15 && matched(runs) > 0.15,
            text: `average ${percent(average)}, PFNM ${percent(matched(runs))}`,
          };
        },
      ),
    ),
    claim(
      `From one initialisation, PFNM is better than averaging weights by a point or more.`,
      findings(
        ({ start }) => start === 'common',
        (runs) => {
          const average = over(runs.map((run) => run.average));
          return {
            holds: matched(runs) > average + NOISE,
            text: `average ${percent(average)}, PFNM ${percent(matched(runs))}`,
          };
        },
      ),
    ),
    claim(
      'The best merged network comes within two points of the ensemble of softmax outputs.',
      findings(
        () => true,
        (runs) => {
          const ensemble = over(runs.map((run) => run.ensemble.softmax));
          return {
            holds: best(runs) > ensemble - 2 * NOISE,
            text: `best ${percent(best(runs))}, ensemble ${percent(ensemble)}`,
          };
        },
      ),
    ),
  ].join('\n');
}

/** What counts as the same: single runs on other draws of the same split differ by as much. */
const SAME_ACCURACY = 0.03;
const SAME_WIDTH = 0.15;

/** Whether PFNM here does what the authors' code does. */
export function referenceClaims(recorded: Recorded): string {
  const findings = withReference.flatMap(({ setting, reference }) => {
    const runs = recorded.beside(setting);
    // With more hidden layers theirs is another algorithm.
    if (runs.length === 0 || setting.hidden.length > 1) return [];
    return referencePriors.map((prior, index) => {
      const [accuracy, widths] = reference.pfnm[index];
      const ours = runs.map(({ pfnm }) => pfnm[index]);
      const width = mean(ours.map((run) => run.widths[0]));
      const theirs = Number.parseInt(widths, 10);
      const where = [...named(setting).slice(1), priorText(prior)].join(', ');
      return {
        accuracy: {
          holds: Math.abs(over(ours) - accuracy) <= SAME_ACCURACY,
          text: `${where}: ${percent(over(ours))}, theirs ${percent(accuracy)}.`,
        },
        width: {
          holds: Math.abs(width / theirs - 1) <= SAME_WIDTH,
          text: `${where}: ${width.toFixed(0)}, theirs ${theirs}.`,
        },
      };
    });
  });
  const apart = (what: 'accuracy' | 'width') => findings.map((finding) => finding[what]);
  return [
    claim('With one hidden layer accuracy is the authors’ within 3 points.', apart('accuracy'), 'exceptions'),
    claim('With one hidden layer the width is the authors’ within 15 %.', apart('width'), 'exceptions'),
  ].join('\n');
}

/** How long PFNM takes here and in the reference, as a sentence; nothing where nothing ran. */
export function matchingTime(recorded: Recorded): string {
  const pairs = withReference.flatMap(({ setting, reference }) => {
    const runs = recorded.beside(setting);
    if (runs.length === 0) return [];
    return referencePriors.map((_, index) => ({
      theirs: reference.pfnm[index][2],
      ours: mean(runs.map(({ pfnm }) => pfnm[index].seconds)),
    }));
  });
  if (pairs.length === 0) return '';
  const ratios = pairs.map(({ theirs, ours }) => theirs / ours).sort((a, b) => a - b);
  const range = (values: readonly number[]) =>
    `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
  return (
    `In the ${pairs.length} cases that ran here, the reference takes ${range(pairs.map(({ theirs }) => theirs))} s and ours ` +
    `${range(pairs.map(({ ours }) => ours))} s; case by case the reference takes ${range(ratios)} times as long.`
  );
}
