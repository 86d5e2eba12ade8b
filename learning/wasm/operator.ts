/** What a layer becomes in an engine's memory: kernels, and calls of them for a pass of some examples. */
import type { Kernel } from '../../numerics/index.js';
import type { PlacedLayer } from '../model.js';
import type { Tensor } from '../manifest.js';
import type { Sink } from './kernels/gradient.js';
import type { Emitted } from './kernels/native-form.js';
import type { Panels, PanelShape } from './panels.js';
import type { Distance, StoredInput } from './memory-map.js';
import type { Layout, Slot } from './slots.js';

/** Compiled kernels by name; `emit` runs only where the name is new. */
export type Kernels = (name: string, emit: () => readonly Emitted[]) => readonly Kernel[];

/** The examples of a pass as the feed brought them: where their stored inputs and labels lie. */
export interface Brought {
  /** Which of its batch's examples the first one is. */
  readonly offset: number;
  /** Whether few of the inputs are other than zero. */
  readonly sparse: boolean;
  readonly stored: number;
  readonly labels: number;
}

/** Does its part for the first `rows` examples that the feed brought. */
export type Step = (rows: number, feed: Brought) => void;

/** What a pass is for. */
export interface Purpose {
  /** What becomes of gradients; nothing where the pass only goes forward. */
  readonly sink?: Sink;
  /** Whether this layer's weights stay as they are. */
  readonly frozen: boolean;
  /** Whether values are dropped by chance. */
  readonly random?: boolean;
}

export interface Operator {
  forward(kernels: Kernels, purpose: Purpose): Step;
  /**
   * From the derivatives by its output: those by its input, where `below` says that they are needed, and the
   * gradient of its weights.
   */
  backward(kernels: Kernels, sink: Sink, below: boolean): Step;
}

/** Weights in the order of the draft's shapes, and what no gradient is taken by. */
export interface PanelsOf {
  readonly panels: readonly Panels[];
  readonly statistics: readonly Panels[];
}

/** Where an operator stands. */
export interface Site extends PanelsOf {
  readonly input: Slot;
  readonly output: Slot & { readonly deltas: number };
  readonly distance: Distance;
  /** The most examples of one pass. */
  readonly rows: number;
  /** Whether its input is the model's, and still as it is stored. */
  readonly readsStored: boolean;
  readonly stored: StoredInput;
  readonly reserve: (bytes: number) => number;
}

/** An operator before it has addresses. */
export interface Draft {
  readonly weights: readonly PanelShape[];
  /** Running statistics, which are weights too, but changed by passes forward. */
  readonly statistics?: readonly PanelShape[];
  /** Whether it looks at all examples of a batch at once. */
  readonly wholeBatch?: boolean;
  /** Whether it drops values by chance. */
  readonly random?: boolean;
  readonly output: Layout;
  /** Bytes that it needs for each example of a pass besides its output. */
  readonly bytes?: number;
  /** Whether it reads the model's inputs as they are stored, where it is the first. */
  readonly readsStored?: boolean;
  /** Whether it can then make use of inputs that are mostly zero. */
  readonly takesLists?: boolean;
  readonly place: (site: Site) => Operator;
}

/** Plans layers one after another; each draft comes with the index of its layer. */
export type PlanLayers = (
  layers: readonly PlacedLayer[],
  input: Layout,
  tensorOf: (name: string) => Tensor,
) => readonly { readonly layer: number; readonly draft: Draft }[];

/**
 * The operators of one layer, given its input's layout; a layer that only reshapes has none.
 * @param planLayers plans the layers inside it
 */
export type Planner<Layer> = (
  placed: PlacedLayer<Layer>,
  input: Layout,
  tensor: (name: string) => Tensor,
  planLayers: PlanLayers,
) => readonly Draft[];

/** Remembers kernels by number of rows, so that a step looks up no names. */
export function byRows(kernels: (rows: number) => readonly Kernel[]): (rows: number) => readonly Kernel[] {
  const known = new Map<number, readonly Kernel[]>();
  return (rows) => {
    let found = known.get(rows);
    if (found === undefined) {
      found = kernels(rows);
      known.set(rows, found);
    }
    return found;
  };
}
