/** A node's initial weights, drawn in a thread: of thousands of nodes, one after another would take minutes. */
import { initialWeights } from '../learning/index.js';
import type { ThreadTask } from '../execution/index.js';
import { vectorOpener } from './open-vectors.js';
import type { Place } from './slabs.js';

export interface InitialiseTask {
  readonly node: number;
  readonly into: Place;
}

export const initialise: ThreadTask<InitialiseTask, undefined> = {
  name: 'initialise',
  prepare({ model, recipe: { init, seed } }, _, thread) {
    const { open } = vectorOpener(thread);
    return ({ node, into }) => {
      open(into).set(initialWeights(model, init.seed ?? seed, ['node', node]));
      return undefined;
    };
  },
};
