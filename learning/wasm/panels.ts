/**
 * How tensors lie in an engine's memory: in panels of 8 columns, so that kernels stream through them. A panel is a
 * row of biases, where there are any, and then the kernel's rows.
 */

/** Columns of a panel: two vectors of four. Widths are padded with zeros to whole panels. */
export const PANEL = 8;
/** Bytes of one row of a panel. */
export const PANEL_ROW = 4 * PANEL;

export const padded = (extent: number) => Math.ceil(extent / PANEL) * PANEL;

/** A bias and a kernel, or one of both. Offsets are where they begin among the model's weights, in floats. */
export interface PanelShape {
  readonly biasOffset?: number;
  readonly kernelOffset?: number;
  readonly units: number;
  /** From one row of the kernel to the next among the model's weights, in floats: `units` where left out. */
  readonly rowFloats?: number;
  /** The kernel's rows: `runs` times `run` rows, each run followed by rows of zeros up to `paddedRun`. */
  readonly runs: number;
  readonly run: number;
  readonly paddedRun: number;
}

export interface Panels extends PanelShape {
  /** Index of the layer that they belong to. */
  readonly layer: number;
  /** Address of the first of width / 8 panels. */
  readonly panels: number;
  readonly panelBytes: number;
  /** Rows of the kernel and columns, with their padding. */
  readonly depth: number;
  readonly width: number;
}

/** Gives a layer's panels their addresses, one after another without gaps. */
export function placePanels(
  shapes: readonly PanelShape[],
  layer: number,
  reserve: (bytes: number) => number,
): Panels[] {
  const sized = shapes.map((shape) => {
    const depth = shape.runs * shape.paddedRun;
    const width = padded(shape.units);
    const panelBytes = (depth + (shape.biasOffset === undefined ? 0 : 1)) * PANEL_ROW;
    return { ...shape, layer, depth, width, panelBytes };
  });
  const sizes = sized.map(({ panelBytes, width }) => (panelBytes * width) / PANEL);
  let next = reserve(sizes.reduce((sum, size) => sum + size, 0));
  return sized.map((shape, i) => {
    const panels = next;
    next += sizes[i];
    return { ...shape, panels };
  });
}

/** Where panels lie. */
export type PanelPlace = Pick<Panels, 'panels' | 'panelBytes' | 'depth' | 'width' | 'units'>;

/** The address after the last panel. */
export const endOf = ({ panels, panelBytes, width }: PanelPlace) => panels + (panelBytes * width) / PANEL;
