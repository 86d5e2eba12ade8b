/** Images that are cropped and mirrored at random, anew in every epoch. */
import { drawInteger, type Stream } from '../numerics/index.js';
import type { InputFormat, Transform } from '../learning/index.js';
import { FeatureError } from './features/image.js';

export interface AugmentationSettings {
  /** So many pixels of zeros are added on every side before an image of the old size is cut out at random. */
  readonly crop: number;
  /** Whether half of the images are mirrored left to right, after that. */
  readonly flip: boolean;
}

/** What becomes of each of `count` examples in one epoch; all draws are made at once, in the examples' order. */
export type Augmentation = (draw: Stream, count: number) => Transform;

/** @throws FeatureError where inputs are no images, or smaller than what is cropped away */
export function augmentation({ crop, flip }: AugmentationSettings, input: InputFormat): Augmentation {
  const { shape } = input;
  if (shape.length !== 2 && shape.length !== 3) {
    throw new FeatureError(
      `data.augment changes images, but the inputs here have the shape [${shape.join(', ')}]`,
    );
  }
  const [height, width, channels = 1] = shape;
  if (crop >= Math.min(height, width)) {
    throw new FeatureError(
      `data.augment.crop is ${crop}, which may leave nothing of images of ${height} × ${width}; use at most ${Math.min(height, width) - 1}`,
    );
  }
  const pixel = channels * (input.type === 'float32' ? 4 : 1);
  const row = width * pixel;
  const before = new Uint8Array(height * row);
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
      before.set(image);
      image.fill(0);
      for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
        const from = (y + down) * row;
        for (let x = Math.max(0, -right); x < Math.min(width, width - right); x++) {
          const source = from + (x + right) * pixel;
          const target = y * row + (isMirrored ? width - 1 - x : x) * pixel;
          for (let byte = 0; byte < pixel; byte++) image[target + byte] = before[source + byte];
        }
      }
    };
  };
}
