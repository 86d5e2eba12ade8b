/** What the kernels of a dense layer know of it; addresses are in bytes. */
import type { NativeForm } from './native-form.js';
import type { PanelPlace, Panels } from '../panels.js';

export interface DensePlan extends Panels {
  readonly relu: boolean;
  /** Row-major [rows, depth] and [rows, width], and the loss's derivatives by the outputs (before the ReLU). */
  readonly input: number;
  readonly output: number;
  readonly outputDelta: number;
}

/** What all native kernels know of a layer's panels. */
export const panelConstants = ({
  panels,
  panelBytes,
  depth,
  width,
}: PanelPlace): NativeForm['constants'] => ({
  ...{ panels, panelBytes, depth, width },
});
