/** When a round may end without everybody, and what of an update is bounded: what the recipe says of it. */
import type { Recipe } from '../recipe/index.js';

export interface RoundRules {
  readonly deadlineMs: number | undefined;
  /** The least number of updates with which a deadline ends a round. */
  readonly minimum: number;
  readonly overSelection: number;
  readonly normBound: number | undefined;
}

export const roundRules = ({ network }: Recipe): RoundRules => ({
  deadlineMs: network.deadline === undefined ? undefined : 1000 * network.deadline,
  minimum: network.minimumUpdates ?? 1,
  overSelection: network.overSelection ?? 1,
  normBound: network.normBound,
});
