/** Groups that are compared with each other: alike in some axes, with those that do not read all of these. */
import { canonicalJson } from '../../numerics/index.js';
import type { Axis } from './axes.js';
import { settingsKey, type Group } from './groups.js';
import type { Settings } from './run.js';

/**
 * The groups by their values of these axes. A group without a value for one of them (its algorithm does not read it)
 * stands for all values: it is in every family that it agrees with, and in one of its own only where there is none.
 */
export function familiesOf(groups: readonly Group[], axes: readonly Axis[]): Group[][] {
  const exact = new Map<string, Group[]>();
  for (const group of groups) {
    const key = settingsKey(group.settings, axes);
    exact.set(key, [...(exact.get(key) ?? []), group]);
  }
  const heads = [...exact.values()].map(([head]) => head);
  const hosts = heads.filter(
    (head) => !heads.some((other) => standsFor(head.settings, other.settings, axes)),
  );
  return hosts.map((host) =>
    groups.filter(
      ({ settings }) =>
        settingsKey(settings, axes) === settingsKey(host.settings, axes) ||
        standsFor(settings, host.settings, axes),
    ),
  );
}

/** Whether `less` has fewer of the axes than `more`, and the same values for those that it has. */
function standsFor(less: Settings, more: Settings, axes: readonly Axis[]): boolean {
  const had = axes.filter(({ name }) => Object.hasOwn(less, name));
  return (
    had.length < axes.filter(({ name }) => Object.hasOwn(more, name)).length &&
    had.every(
      ({ name }) => Object.hasOwn(more, name) && canonicalJson(less[name]) === canonicalJson(more[name]),
    )
  );
}
