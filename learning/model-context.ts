/** What a registry entry needs to build a model: the shape of the data, and a reader for files that its options name. */
import type { ReadFile } from './read-file.js';

export interface ModelContext {
  /** The shape of one input. */
  readonly input: readonly number[];
  readonly classes: number;
  /** Needed by entries whose options name files. */
  readonly readFile?: ReadFile | undefined;
}
