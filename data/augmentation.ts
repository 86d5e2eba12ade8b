/** Augmentation: crops and mirrors images at random, with new draws in every epoch. */
import { drawInteger, type Stream } from '../numerics/index.js';
import type { InputFormat, Transform } from '../learning/index.js';
import { FeatureError } from './features/image.js';

export interface AugmentationSettings {
  /** Zero padding on every side, in pixels, before an image of the original size is cropped at random. */
  readonly crop: number;
  /** Whether half of the images are then mirrored left to right. */
  readonly flip: boolean;
}

/** The transform of `count` examples in one epoch; it makes all draws at once, in the examples' order. */
export type Augmentation = (draw: Stream, count: number) => Transform;

/** @throws FeatureError if inputs are not images, or the crop exceeds their size */
export function augmentation({ crop, flip }: AugmentationSettings, input: InputFormat): Augmentation {
  const { shape } = input;
  if (shape.length !== 2 && shape.length !== 3) {
    throw new FeatureError(
      `data.augment needs images, but the inputs of this dataset have the shape [${shape.join(', ')}]; remove it`,
    );
  }
  const [height, width, channels = 1] = shape;
  if (crop >= Math.min(height, width)) {
    throw new FeatureError(
      `data.augment.crop: ${crop} pixels exceed images of ${height} × ${width}; use at most ${Math.min(height, width) - 1}`,
    );
  }
  const pixel = channels * (input.type === 'float32' ? 4 : 1);
  const row = width * pixel;
  const original = new Uint8Array(height * row);
  return (draw, count) => {
    const offsets = new Int16Array(2 * count);
    const mirrored = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      if (crop > 0) {
        offsets[2 * i] = drawInteger(draw, 2 * crop + 1) - crop;
        offsets[2 * i + 1] = drawInteger(draw, 2 * crop + 1) - crop;
      }
      if (flip) mirrored[i] = draw() < 0.5 ? 1 : 0;
    }
    return (image, i) => {
      const [down, right] = offsets.subarray(2 * i, 2 * i + 2);
      const isMirrored = mirrored[i] === 1;
      if (down === 0 && right === 0 && !isMirrored) return;
      original.set(image);
      image.fill(0);
      for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
        const from = (y + down) * row;
        for (let x = Math.max(0, -right); x < Math.min(width, width - right); x++) {
          const source = from + (x + right) * pixel;
          const target = y * row + (isMirrored ? width - 1 - x : x) * pixel;
          for (let byte = 0; byte < pixel; byte++) image[target + byte] = original[source + byte];
        }
      }
    };
  };
}
