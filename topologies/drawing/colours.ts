/** A scale of colours that is even to the eye and safe for the colour-blind: viridis (Smith & van der Walt 2015). */

const STOPS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

/** The colour at a share from 0 (dark) to 1 (light); grey for what is no number. */
export function colour(share: number): string {
  if (Number.isNaN(share)) return '#bbbbbb';
  const position = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const below = Math.min(Math.floor(position), STOPS.length - 2);
  const parts = STOPS[below].map((part, i) => part + (position - below) * (STOPS[below + 1][i] - part));
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
