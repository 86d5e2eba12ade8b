/**
 * The colours of charts and page, for light and for dark. Series have the colours of the Okabe–Ito palette with enough
 * contrast to the paper, and three more that stay apart from these for colour-blind readers; amounts a ramp of one hue
 * whose lightness changes evenly. Charts name CSS variables, so one drawing fits both.
 */

const light = {
  paper: '#ffffff',
  ink: '#1b1e23',
  faint: '#5c636d',
  line: '#9aa1ab',
  grid: '#e6e8eb',
  panel: '#f5f6f7',
  blue: '#0072b2',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  grey: '#555555',
  indigo: '#332288',
  amber: '#7a5c00',
} as const;

export type Colour = keyof typeof light;

const dark: Readonly<Record<Colour, string>> = {
  paper: '#14161a',
  ink: '#e7e9ec',
  faint: '#a3abb6',
  line: '#68707c',
  grid: '#2a2e35',
  panel: '#1d2026',
  blue: '#56b4e9',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  grey: '#c0c4cc',
  indigo: '#9a5fe0',
  amber: '#f0e442',
};

/** From least to most, evenly spaced in OKLab's lightness. */
const lightRamp =
  '#dbf5ff #b4e5fc #91d3f6 #71c1ee #55ade4 #3e99d7 #2d86c7 #2272b5 #1d5fa0 #1b4d89 #1a3c6f #172c54';
const darkRamp =
  '#142546 #153562 #12467d #0c5895 #056caa #0c80bd #2395cd #3eaadb #5ebee5 #80d1ee #a6e2f5 #cff2fc';

export type Theme = Readonly<Record<string, string>>;

/** Every variable with its value, by theme. */
export const themes: { readonly light: Theme; readonly dark: Theme } = {
  light: { ...light, ...rampVariables(lightRamp, 7, light) },
  dark: { ...dark, ...rampVariables(darkRamp, 5, dark) },
};

/** The ramp, and the colour of text upon each of its steps: ink on the first `inks`, then paper. */
function rampVariables(ramp: string, inks: number, { ink, paper }: Readonly<Record<Colour, string>>): Theme {
  return Object.fromEntries(
    ramp.split(' ').flatMap((value, step) => [
      [`ramp-${step}`, value],
      [`on-ramp-${step}`, step < inks ? ink : paper],
    ]),
  );
}

export const rampSteps = lightRamp.split(' ').length;

export const colour = (name: Colour) => `var(--${name})`;

/** The colours of series, in the order in which they are given out. */
export const seriesColours: readonly Colour[] = [
  'blue',
  'vermillion',
  'green',
  'purple',
  'grey',
  'indigo',
  'amber',
];

/** The colour of an amount between `low` and `high`. */
export function rampColour(value: number, low: number, high: number): string {
  return `var(--ramp-${rampStep(value, low, high)})`;
}

/** The colour of text upon the ramp's colour for an amount. */
export function rampInk(value: number, low: number, high: number): string {
  return `var(--on-ramp-${rampStep(value, low, high)})`;
}

function rampStep(value: number, low: number, high: number): number {
  const share = high > low ? (value - low) / (high - low) : 1;
  return Math.min(rampSteps - 1, Math.max(0, Math.floor(share * rampSteps)));
}

/** The theme as CSS declarations. */
export function declarations(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** A drawing with the values of a theme in place of variables: for a file of its own, such as a paper's figure. */
export function withColours(svg: string, theme: Theme): string {
  return svg.replace(/var\(--([a-z0-9-]+)\)/g, (variable, name: string) => theme[name] ?? variable);
}
