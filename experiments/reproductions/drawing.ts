/** A figure's place in docs/, what its picture says, and the picture. */
import { themes, withColours } from '../report/charts/colours.js';
import { lineChart, type LineChart } from '../report/charts/line-chart.js';

export interface Drawing {
  readonly path: string;
  readonly text: string;
  readonly svg: string;
}

/** A line chart as a figure of a page; its title is the picture's text. */
export const drawing = (path: string, chart: LineChart): Drawing => ({
  path,
  text: chart.title,
  svg: withColours(lineChart(chart), themes.light),
});

/** Figures as Markdown shows them. */
export const pictures = (drawings: readonly Drawing[]): string =>
  drawings.map(({ text, path }) => `![${text}](${path})`).join('\n\n');

/** The figures as files of a reproduction. */
export const filesOf = (drawings: readonly Drawing[]): Record<string, string> =>
  Object.fromEntries(drawings.map(({ path, svg }) => [`docs/${path}`, svg]));
