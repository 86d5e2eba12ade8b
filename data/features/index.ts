/** The registry of feature skews: clients differ in their inputs, not their labels. */
import { define, Registry } from '../../registry/index.js';
import { grayscale } from './grayscale.js';
import type { FeatureContext, FeatureSkew } from './image.js';
import { noise } from './noise.js';
import { rotation } from './rotation.js';

export { FeatureError, type FeatureContext, type FeatureSkew, type HeldOutSet } from './image.js';

const none = define({
  kind: 'none',
  summary: 'Inputs do not change.',
  options: {},
  create: (): FeatureSkew => ({ client: () => undefined }),
});

export const features = new Registry<FeatureContext, FeatureSkew>('feature skew', [
  none,
  rotation,
  noise,
  grayscale,
]);
