/**
 * The page's script. Each part is a function that the page gets as text, so it uses nothing from outside itself;
 * the page is whole without them but for what they reveal.
 */
import { rampSteps, themes } from '../../charts/colours.js';
import { playFrames } from './play-frames.js';
import { saveDrawings } from './save-drawings.js';
import { switchViews } from './switch-views.js';

export const pageScript = [
  `(${String(switchViews)})();`,
  `(${String(playFrames)})(${rampSteps});`,
  `(${String(saveDrawings)})(${JSON.stringify(themes.light)});`,
].join('\n');
