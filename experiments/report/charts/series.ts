/** A line of a chart, with its interval band. */
export interface Series {
  readonly name: string;
  /** In the order of x. A value that is no finite number is a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What surrounds the line: worst to best, or an interval of confidence. In the order of x. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  /** A value that does not depend on x: a line across the whole drawing. */
  readonly level?: number;
  /** Which of the looks it has; otherwise its place among the series. */
  readonly look?: number;
  /** Single points with bars of their interval, where x is measured and nothing lies between. */
  readonly apart?: boolean;
  /** Of each point, written beside it. */
  readonly labels?: readonly string[];
}
