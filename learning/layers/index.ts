/** All kinds of layers: their union, the schema that a recipe's list of layers follows, and their shapes. */
import { z } from 'zod';
import { denseSchema, shapeDense } from './dense.js';
import type { ShapeLayer, Shaped } from './kind.js';
import type { Shape } from './shape.js';

export const layerSchema = z.discriminatedUnion('kind', [denseSchema]);

/** One layer of a model's specification. */
export type Layer = z.output<typeof layerSchema>;
export type LayerOf<Kind extends Layer['kind']> = Extract<Layer, { kind: Kind }>;

const shapes: { readonly [Kind in Layer['kind']]: ShapeLayer<LayerOf<Kind>> } = {
  dense: shapeDense,
};

/** @throws RangeError where the layer cannot take such an input */
export const shapeLayer = <Kind extends Layer['kind']>(layer: LayerOf<Kind>, input: Shape): Shaped =>
  shapes[layer.kind](layer, input);
