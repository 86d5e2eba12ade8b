/** Everything that a report of several runs says, worked out: groups, choices, differences, what targets took. */
import { UserError } from '../../errors/index.js';
import { axisLabel, type Axis } from './axes.js';
import { chooseSettings, hasValidation, isTuned, type Choice } from './choice.js';
import { areaUnder, commonSpan, firstReaching, type CurvePoint } from './curve.js';
import { differencesAlong, type Difference } from './differences.js';
import { groupRuns, type Group } from './groups.js';
import { accuracy, type Metric } from './metrics.js';
import { reachOf, type Attempt, type Reach } from './reach.js';
import type { AnalysedRun } from './run.js';

export interface CompareOptions {
  /** An accuracy in (0, 1]. */
  readonly target?: number;
  /** The axis whose values are compared; otherwise the series or the algorithm, or the first axis. */
  readonly compare?: string;
  /** Axes that are chosen on the validation part; otherwise those under an optimizer, where there is one. */
  readonly choose?: readonly string[];
}

export interface Comparison {
  /** Those that are left when settings have been chosen. */
  readonly axes: readonly Axis[];
  readonly groups: readonly Group[];
  readonly choices: readonly Choice[];
  /** Also those that were chosen along; what a choice's groups are labelled by. */
  readonly allAxes: readonly Axis[];
  /** The axis whose values are told apart in plots and tested against its first. */
  readonly compared: Axis | undefined;
  readonly differences: readonly Difference[];
  readonly target: number | undefined;
  /** Mean accuracy over the rounds that all runs span. */
  readonly area: (Metric & { readonly span: readonly [from: number, to: number] }) | undefined;
}

/** @throws UserError where an axis is not there, or settings cannot be chosen */
export function compareRuns(
  runs: readonly AnalysedRun[],
  allAxes: readonly Axis[],
  { target, compare, choose }: CompareOptions = {},
): Comparison {
  // Along an axis of one value there is nothing to compare or to choose.
  const axes = allAxes.filter(({ values }) => values.length > 1);
  const all = groupRuns(runs, axes);
  const tuned = tunedAxes(all, axes, choose);
  const left = axes.filter((axis) => !tuned.includes(axis));
  const choices = tuned.length > 0 ? chooseSettings(all, axes, tuned) : [];
  const groups = choices.length > 0 ? choices.map(({ chosen }) => regroup(chosen, left)) : all;
  const compared = compare === undefined ? usualAxis(left) : axisNamed(compare, left);
  return {
    axes: left,
    groups,
    choices,
    allAxes: axes,
    compared,
    differences: compared === undefined ? [] : differencesAlong(compared, groups, left, accuracy.of),
    target,
    area: areaMetric(groups),
  };
}

const regroup = (group: Group, axes: readonly Axis[]) => groupRuns(group.runs, axes)[0];

function tunedAxes(groups: readonly Group[], axes: readonly Axis[], choose: readonly string[] | undefined) {
  if (choose === undefined) return hasValidation(groups) ? axes.filter(isTuned) : [];
  const tuned = choose.map((name) => axisNamed(name, axes));
  if (tuned.length > 0 && !hasValidation(groups)) {
    throw new UserError(
      `${tuned[0].name} can be chosen on a validation part only, never on the test set: run with data.validation and evaluate.on: [test, validation]`,
    );
  }
  return tuned;
}

/** By its field, or as tables call it. @throws UserError that names the axes that there are */
export function axisNamed(name: string, axes: readonly Axis[]): Axis {
  const found =
    axes.find((axis) => axis.name === name || axis.name === `${name}.kind`) ??
    axes.find((axis) => axisLabel(axis.name, axes) === name);
  if (found !== undefined) return found;
  const names = axes.map((axis) => axis.name).join(', ');
  throw new UserError(
    names === ''
      ? `the runs differ in their seed only, not in ${name}`
      : `the runs have no axis ${name}; they differ in ${names}`,
  );
}

function usualAxis(axes: readonly Axis[]): Axis | undefined {
  const preferred = ['series', 'algorithm', 'algorithm.kind'];
  return axes.find(({ name }) => preferred.includes(name)) ?? axes.at(0);
}

function areaMetric(groups: readonly Group[]) {
  const ended = groups.flatMap(({ runs }) => runs.filter(({ diverged }) => diverged !== true));
  const span = commonSpan(ended.map(({ curve }) => curve));
  if (span === undefined || span[0] === span[1]) return undefined;
  return {
    key: 'area',
    label: 'AUC',
    unit: 'share' as const,
    better: 'more' as const,
    of: ({ curve, diverged }: AnalysedRun) => (diverged === true ? NaN : areaUnder(curve, ...span)),
    span,
  };
}

/** What a group's runs took to the target, in rounds, bytes or virtual time; undefined where that is not recorded. */
export function reachIn(
  { runs }: Group,
  target: number,
  amount: (point: CurvePoint) => number | undefined,
): Reach | undefined {
  const attempts = runs.flatMap(({ curve, diverged }): Attempt[] => {
    const reached = firstReaching(curve, target);
    if (reached === undefined && diverged === true) return [{ endedAt: Infinity }];
    const at = reached ?? curve.at(-1);
    const value = at && amount(at);
    if (value === undefined) return [];
    return [reached === undefined ? { endedAt: value } : { took: value }];
  });
  return attempts.length === runs.length ? reachOf(attempts) : undefined;
}
