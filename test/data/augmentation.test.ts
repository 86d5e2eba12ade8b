/** Crops and mirrored images, worked out by hand. */
import { expect } from 'chai';
import { augmentation, FeatureError } from '../../data/index.js';
import type { InputFormat } from '../../learning/index.js';
import { stream, type Stream } from '../../numerics/index.js';

const format = (...shape: number[]): InputFormat => ({ shape, type: 'uint8', scale: 1, shift: 0 });

/** A stream of given draws. */
function given(...draws: number[]): Stream {
  let at = 0;
  return () => draws[at++];
}

/** What draws of 0, 1/3 and 2/3 of [0, 1) make of 2 · crop + 1 = 3 places: −1, 0 and 1. */
const [back, stay, on] = [0, 0.4, 0.7];
const image = [1, 2, 3, 4, 5, 6];

describe('data.augment', () => {
  const changed = (
    settings: { crop: number; flip: boolean },
    input: InputFormat,
    stored: number[],
    draw: Stream,
  ) => {
    const bytes = Uint8Array.from(stored);
    augmentation(settings, input)(draw, 1)(bytes, 0);
    return [...bytes];
  };
  const cut = { crop: 1, flip: false };

  it('cuts an image out of one with a border of zeros', () => {
    // 1 2 3
    // 4 5 6
    expect(changed(cut, format(2, 3, 1), image, given(stay, stay))).to.deep.equal(image);
    expect(changed(cut, format(2, 3, 1), image, given(on, stay))).to.deep.equal([4, 5, 6, 0, 0, 0]);
    expect(changed(cut, format(2, 3, 1), image, given(back, stay))).to.deep.equal([0, 0, 0, 1, 2, 3]);
    expect(changed(cut, format(2, 3, 1), image, given(stay, on))).to.deep.equal([2, 3, 0, 5, 6, 0]);
    expect(changed(cut, format(2, 3, 1), image, given(back, back))).to.deep.equal([0, 0, 0, 0, 1, 2]);
  });

  it('mirrors left to right, after the crop, pixel by pixel', () => {
    const flip = { crop: 0, flip: true };
    expect(changed(flip, format(2, 3, 1), image, given(0.4))).to.deep.equal([3, 2, 1, 6, 5, 4]);
    expect(changed(flip, format(2, 3, 1), image, given(0.5))).to.deep.equal(image);
    expect(changed({ crop: 1, flip: true }, format(2, 3, 1), image, given(stay, on, 0))).to.deep.equal([
      ...[0, 3, 2],
      ...[0, 6, 5],
    ]);
    expect(changed(flip, format(1, 3, 2), image, given(0))).to.deep.equal([5, 6, 3, 4, 1, 2]);
    const floats = Float32Array.from([1, 2, 3]);
    augmentation(flip, { ...format(1, 3, 1), type: 'float32' })(given(0), 1)(
      new Uint8Array(floats.buffer),
      0,
    );
    expect([...floats]).to.deep.equal([3, 2, 1]);
  });

  it('gives every place and both sides their share', () => {
    const made = augmentation({ crop: 1, flip: true }, format(3, 3, 1))(stream(1, 'augment'), 18_000);
    const counts = new Map<string, number>();
    for (let i = 0; i < 18_000; i++) {
      const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
      made(bytes, i);
      const key = bytes.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).to.equal(18);
    for (const count of counts.values()) expect(count).to.be.within(850, 1150);
  });

  it('is for images that are larger than what is cropped', () => {
    expect(() => augmentation(cut, format(60))).to.throw(
      FeatureError,
      'inputs of this dataset have the shape [60]',
    );
    expect(() => augmentation({ crop: 3, flip: false }, format(3, 5, 1))).to.throw(
      FeatureError,
      'data.augment.crop: 3 pixels exceed images of 3 × 5; use at most 2',
    );
  });
});
