/** All kinds of layers: their union, the schema that a recipe's list of layers follows, and their shapes. */
import { z } from 'zod';
import { activationSchema, shapeActivation } from './activation.js';
import { conv2dSchema, shapeConv2d } from './conv2d.js';
import { denseSchema, shapeDense } from './dense.js';
import { embeddingSchema, shapeEmbedding } from './embedding.js';
import { flattenSchema, shapeFlatten } from './flatten.js';
import { shapeKeras, type KerasLayer } from './keras.js';
import type { ShapeLayer, Shaped } from './kind.js';
import { lstmSchema, shapeLstm } from './lstm.js';
import { globalPoolSchema, poolSchema, shapeGlobalPool, shapePool } from './pool.js';
import type { Shape } from './shape.js';

export const layerSchema = z.discriminatedUnion('kind', [
  denseSchema,
  conv2dSchema,
  poolSchema,
  globalPoolSchema,
  flattenSchema,
  activationSchema,
  embeddingSchema,
  lstmSchema,
]);

/** One layer of a model's specification. */
export type Layer = z.output<typeof layerSchema> | KerasLayer;
export type LayerOf<Kind extends Layer['kind']> = Extract<Layer, { kind: Kind }>;

const shapes: { readonly [Kind in Layer['kind']]: ShapeLayer<LayerOf<Kind>> } = {
  dense: shapeDense,
  conv2d: shapeConv2d,
  pool: shapePool,
  'global-pool': shapeGlobalPool,
  flatten: shapeFlatten,
  activation: shapeActivation,
  keras: shapeKeras,
  embedding: shapeEmbedding,
  lstm: shapeLstm,
};

/** @throws RangeError where the layer cannot take such an input */
export const shapeLayer = <Kind extends Layer['kind']>(layer: LayerOf<Kind>, input: Shape): Shaped =>
  shapes[layer.kind](layer, input);
