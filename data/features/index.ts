/** The feature skews that a recipe can name: clients whose inputs, not labels, differ. */
import { define, Registry } from '../../registry/index.js';
import { grey } from './grey.js';
import type { FeatureContext, FeatureSkew } from './image.js';
import { noise } from './noise.js';
import { rotation } from './rotation.js';

export { FeatureError, type FeatureContext, type FeatureSkew, type HeldOutSet } from './image.js';

const none = define({
  kind: 'none',
  summary: 'Inputs as they are.',
  options: {},
  create: (): FeatureSkew => ({ client: () => undefined }),
});

export const features = new Registry<FeatureContext, FeatureSkew>('feature skew', [
  none,
  rotation,
  noise,
  grey,
]);
