/**
 * Grey images by class: half of the classes, chosen at random, have 95 % of their training images in grey, the
 * others 5 % (the skewed domains of FedMA's CIFAR-10 experiment, Wang et al. 2020). All
 * clients see an example alike; clients come to differ where their labels do.
 */
import { z } from 'zod';
import { portion, sampleWithoutReplacement, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import { FeatureError, imageSize, onNumbers, type FeatureContext, type FeatureSkew } from './image.js';

export const grey = define({
  kind: 'grey',
  summary: 'Most images of half of the classes lose their colour, few of the other half.',
  options: {
    share: z
      .number()
      .min(0)
      .max(1)
      .default(0.95)
      .describe('The share of grey images in the grey half of the classes; 1 − share in the other half.'),
  },
  create: ({ share }, context: FeatureContext): FeatureSkew => {
    const { channels } = imageSize(context.input, 'grey');
    if (channels !== 3) {
      throw new FeatureError(
        `grey takes the colour from images of 3 channels; the inputs of this data set have the shape ` +
          `[${context.input.shape.join(', ')}]: choose 'rotation' or 'noise'`,
      );
    }
    const isGrey = greyExamples(context, share);
    const transform = onNumbers(context.input, (numbers, index) => {
      if (isGrey[index] === 0) return;
      for (let i = 0; i < numbers.length; i += 3) {
        // Luma of ITU-R 601, as most image libraries have it.
        const luma = 0.299 * numbers[i] + 0.587 * numbers[i + 1] + 0.114 * numbers[i + 2];
        numbers.fill(luma, i, i + 3);
      }
    });
    return () => transform;
  },
});

/** 1 for each example that is grey: of each class exactly the rounded share, at random. */
function greyExamples({ seed, labels, classes }: FeatureContext, share: number): Uint8Array {
  const half = Math.floor(classes / 2);
  const mostlyGrey = new Set(
    sampleWithoutReplacement(stream(seed, 'features', 'grey', 'classes'), classes, half),
  );
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const [index, label] of labels.entries()) byClass[label].push(index);
  const isGrey = new Uint8Array(labels.length);
  for (const [label, examples] of byClass.entries()) {
    const grey = portion(share, examples.length);
    const count = Math.round(mostlyGrey.has(label) ? grey : examples.length - grey);
    const draw = stream(seed, 'features', 'grey', 'class', label);
    for (const place of sampleWithoutReplacement(draw, examples.length, count)) isGrey[examples[place]] = 1;
  }
  return isGrey;
}
