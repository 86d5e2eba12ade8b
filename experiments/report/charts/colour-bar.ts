/** The key of a ramp: what the colours of a map or of nodes mean. */
import { words } from './axes.js';
import { rampColour, rampSteps } from './colours.js';

export interface Amounts {
  /** What the colours say. */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly low: number;
  readonly high: number;
}

/** Height that the key takes at the top of a drawing. */
export const colourBarHeight = 24;

/** Elements for ECharts' `graphic`: label, low, the ramp, high, in one line from the left. */
export function colourBar({ label, format, low, high }: Amounts) {
  const step = 10;
  const lowAt = label.length * 6.2 + 12;
  const rampAt = lowAt + format(low).length * 6.6 + 8;
  return [
    words(label, 0, 2, 'ink'),
    words(format(low), lowAt, 2, 'faint'),
    ...Array.from({ length: rampSteps }, (_, i) => ({
      type: 'rect' as const,
      silent: true,
      shape: { x: rampAt + i * step, y: 3, width: step, height: 10 },
      style: { fill: rampColour(i + 0.5, 0, rampSteps) },
    })),
    words(format(high), rampAt + rampSteps * step + 8, 2, 'faint'),
  ];
}
