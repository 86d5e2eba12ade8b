/** When an exchange may end without everybody: what the recipe says of deadlines and the like. */

export interface RoundRules {
  readonly deadlineMs: number | undefined;
  /** The least number of updates with which a deadline ends an exchange. */
  readonly minimum: number;
  readonly normBound: number | undefined;
  /** With how many answers an exchange of so many clients ends. */
  enough(asked: number): number;
}

export function roundRules(): RoundRules {
  return { deadlineMs: undefined, minimum: 1, normBound: undefined, enough: (asked) => asked };
}
