/** Which models are trained centrally, on what, and for how long. */
export interface Setting {
  readonly model: '2nn' | 'lenet5' | 'cnn' | 'resnet8' | 'resnet20' | 'vgg9';
  readonly dataset: 'mnist' | 'fashion-mnist';
  /** The first so many training examples. */
  readonly examples: number;
  readonly epochs: number;
  readonly rate: number;
}

export const BATCH = 10;
export const seeds = [1, 2, 3] as const;

const models = [
  { model: '2nn', examples: 60_000, epochs: 2, rate: 0.05 },
  { model: 'lenet5', examples: 60_000, epochs: 2, rate: 0.05 },
  { model: 'cnn', examples: 6_000, epochs: 3, rate: 0.05 },
  { model: 'resnet8', examples: 6_000, epochs: 3, rate: 0.05 },
  { model: 'resnet20', examples: 6_000, epochs: 3, rate: 0.05 },
  { model: 'vgg9', examples: 6_000, epochs: 3, rate: 0.1 },
] as const;

export const settings: readonly Setting[] = models.flatMap((model) =>
  (['mnist', 'fashion-mnist'] as const).map((dataset) => ({ ...model, dataset })),
);
