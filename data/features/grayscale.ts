/**
 * Grayscale images by class: half of the classes, chosen at random, have 95 % grey training images, the others 5 % (the skewed domains
 * of FedMA's CIFAR-10 experiment, Wang et al. 2020, whose test set is half grey). An example is the same for all clients; clients
 * differ if their labels do.
 */
import { z } from 'zod';
import type { Transform } from '../../learning/index.js';
import { portion, range, sampleWithoutReplacement, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import {
  FeatureError,
  imageSize,
  valueTransform,
  type FeatureContext,
  type FeatureSkew,
  type HeldOutSet,
} from './image.js';

export const grayscale = define({
  kind: 'grayscale',
  summary: 'Most images of half of the classes lose their colour, and few images of the other half.',
  options: {
    fraction: z
      .number()
      .min(0)
      .max(1)
      .default(0.95)
      .describe(
        'The fraction of grayscale images in the grayscale half of the classes; 1 − fraction in the other half.',
      ),
    test: z
      .union([z.literal('clients'), z.number().min(0).max(1)])
      .optional()
      .describe(
        'Grayscale test and validation images: a fraction of every class, e.g. 0.5 as in FedMA, or clients, by class as in training; by default none.',
      ),
  },
  create: ({ fraction, test }, context: FeatureContext): FeatureSkew => {
    const { input, labels } = context;
    const { channels } = imageSize(input, 'grayscale');
    if (channels !== 3) {
      throw new FeatureError(
        `grayscale needs images of 3 channels; the inputs of this dataset have the shape ` +
          `[${input.shape.join(', ')}]: choose 'rotation' or 'noise'`,
      );
    }
    const all = { indices: range(labels.length), label: (index: number) => labels[index] };
    const inTraining = greyInTraining(context, fraction);
    const transform = greyWhere(context, greyExamples(context, all, inTraining));
    return {
      client: () => transform,
      ...(test !== undefined && {
        heldOut(set) {
          // Validation images are grey if they would be grey in training.
          if (test === 'clients' && set.on === 'validation') return transform;
          return greyWhere(
            context,
            greyExamples(
              context,
              set,
              test === 'clients' ? inTraining : (_, count) => portion(test, count),
              set.on,
            ),
          );
        },
      }),
    };
  },
});

function greyWhere({ input }: FeatureContext, isGrey: ReadonlySet<number>): Transform {
  return valueTransform(input, (numbers, index) => {
    if (!isGrey.has(index)) return;
    for (let i = 0; i < numbers.length; i += 3) {
      // Luma of ITU-R 601, as in most image libraries.
      const luma = 0.299 * numbers[i] + 0.587 * numbers[i + 1] + 0.114 * numbers[i + 2];
      numbers.fill(luma, i, i + 3);
    }
  });
}

/** The number of grey examples of a class. */
type GreyCount = (label: number, count: number) => number;

/** Makes half of the classes mostly grey, the others mostly coloured. */
function greyInTraining({ seed, classes }: FeatureContext, fraction: number): GreyCount {
  const half = Math.floor(classes / 2);
  const mostlyGrey = new Set(
    sampleWithoutReplacement(stream(seed, 'features', 'grey', 'classes'), classes, half),
  );
  return (label, count) => {
    const grey = portion(fraction, count);
    return mostlyGrey.has(label) ? grey : count - grey;
  };
}

/** Draws the grey examples: exactly the rounded number of each class. */
function greyExamples(
  { seed, classes }: FeatureContext,
  { indices, label: labelOf }: Pick<HeldOutSet, 'indices' | 'label'>,
  countOf: GreyCount,
  ...name: readonly string[]
): ReadonlySet<number> {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const index of indices) byClass[labelOf(index)].push(index);
  const grey = new Set<number>();
  for (const [label, examples] of byClass.entries()) {
    const count = Math.round(countOf(label, examples.length));
    const draw = stream(seed, 'features', 'grey', ...name, 'class', label);
    for (const place of sampleWithoutReplacement(draw, examples.length, count)) grey.add(examples[place]);
  }
  return grey;
}
