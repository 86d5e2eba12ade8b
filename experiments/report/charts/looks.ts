/**
 * How series are told apart: by colour, marker and dash. Colours, markers and dashes repeat in cycles of different
 * lengths, so two of the first 28 series never share more than one of them: the others tell them apart without colour.
 */
import { seriesColours, type Colour } from './colours.js';

export interface Look {
  readonly colour: Colour;
  /** As ECharts' `lineStyle.type`. */
  readonly dash: 'solid' | readonly number[];
  /** As ECharts' `symbol`. */
  readonly marker: string;
}

const shape = (course: string) => `path://${course}`;

/** Filled shapes that stay apart at eight pixels. */
const markers = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  shape('M0,0L10,0L5,10Z'),
  shape('M3.5,0L6.5,0L6.5,3.5L10,3.5L10,6.5L6.5,6.5L6.5,10L3.5,10L3.5,6.5L0,6.5L0,3.5L3.5,3.5Z'),
  shape('M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2Z'),
  shape('M5,0L6.3,3.5L10,3.6L7.1,5.9L8.1,9.6L5,7.5L1.9,9.6L2.9,5.9L0,3.6L3.7,3.5Z'),
];

const dashes: readonly Look['dash'][] = ['solid', [7, 3], [2, 3], [9, 3, 2, 3]];

/** The look of the series with this index, from 0. */
export function lookOf(index: number): Look {
  return {
    colour: seriesColours[index % seriesColours.length],
    marker: markers[index % markers.length],
    dash: dashes[Math.floor(index / seriesColours.length) % dashes.length],
  };
}
