/**
 * Rotated images: every client has its own angle, or clients form k groups whose angles differ by 360°/k (the rotated MNIST of
 * IFCA: Ghosh et al. 2020, §6).
 */
import { z } from 'zod';
import { cosinePi, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import {
  transformAsClients,
  imageSize,
  valueTransform,
  testAsClients,
  type FeatureContext,
  type FeatureSkew,
  type ImageSize,
} from './image.js';

export const rotation = define({
  kind: 'rotation',
  summary: "Each client's images are rotated by the client's angle, or by its group's.",
  options: {
    maxDegrees: z
      .number()
      .min(0)
      .max(180)
      .default(45)
      .describe("A client's angle is drawn uniformly from −maxDegrees to maxDegrees; unused with groups."),
    groups: z
      .int()
      .min(2)
      .optional()
      .describe('Client c is in group c mod k, whose images are rotated by 360° · (c mod k)/k.'),
    interpolation: z
      .enum(['bilinear', 'nearest'])
      .default('bilinear')
      .describe('Interpolation of the original image at the place of a rotated pixel.'),
    test: testAsClients,
  },
  create: ({ maxDegrees, groups, interpolation, test }, context: FeatureContext): FeatureSkew => {
    const { seed, input } = context;
    const size = imageSize(input, 'rotation');
    const degreesOf = (client: number) =>
      groups === undefined
        ? (2 * stream(seed, 'features', 'rotation', client)() - 1) * maxDegrees
        : (360 * (client % groups)) / groups;
    const original = new Float32Array(size.height * size.width * size.channels);
    const client = (client: number) => {
      const degrees = degreesOf(client);
      if (degrees === 0) return undefined;
      const { places, weights } = taps(size, degrees, interpolation);
      return valueTransform(input, (numbers) => {
        original.set(numbers);
        for (let pixel = 0, tap = 0; pixel < places.length / 4; pixel++, tap += 4) {
          for (let channel = 0; channel < size.channels; channel++) {
            let sum = 0;
            for (let t = tap; t < tap + 4; t++) sum += weights[t] * original[places[t] + channel];
            numbers[pixel * size.channels + channel] = sum;
          }
        }
      });
    };
    return { client, ...(test && { heldOut: (set) => transformAsClients(context, set, client) }) };
  },
});

/** Four places in the original and their weights, for each pixel of the rotated image; weights are 0 outside, which is black. */
interface Taps {
  readonly places: Uint32Array;
  readonly weights: Float64Array;
}

/** The taps of a counter-clockwise rotation about the centre. */
function taps(
  { height, width, channels }: ImageSize,
  degrees: number,
  interpolation: 'bilinear' | 'nearest',
): Taps {
  const places = new Uint32Array(4 * height * width);
  const weights = new Float64Array(4 * height * width);
  const { cos, sin } = turn(degrees);
  const middleY = (height - 1) / 2;
  const middleX = (width - 1) / 2;
  let tap = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const y = middleY + sin * (column - middleX) + cos * (row - middleY);
      const x = middleX + cos * (column - middleX) - sin * (row - middleY);
      const top = Math.floor(interpolation === 'nearest' ? y + 0.5 : y);
      const left = Math.floor(interpolation === 'nearest' ? x + 0.5 : x);
      const down = interpolation === 'nearest' ? 0 : y - top;
      const right = interpolation === 'nearest' ? 0 : x - left;
      for (const [dy, dx, weight] of [
        [0, 0, (1 - down) * (1 - right)],
        [0, 1, (1 - down) * right],
        [1, 0, down * (1 - right)],
        [1, 1, down * right],
      ]) {
        const inside = top + dy >= 0 && top + dy < height && left + dx >= 0 && left + dx < width;
        places[tap] = inside ? ((top + dy) * width + left + dx) * channels : 0;
        weights[tap++] = inside ? weight : 0;
      }
    }
  }
  return { places, weights };
}

/** Cosine and sine with the same bits everywhere, exact at multiples of 90°. */
export function turn(degrees: number): { cos: number; sin: number } {
  const halves = (((degrees % 360) + 360) % 360) / 180;
  const cosine = (x: number) => cosinePi(x > 1 ? 2 - x : x);
  return { cos: cosine(halves), sin: cosine(Math.abs(halves - 0.5)) };
}
