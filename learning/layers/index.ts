/** All kinds of layers: their union, the schema that a recipe's list of layers follows, and their shapes. */
import { z } from 'zod';
import { activationSchema, shapeActivation } from './activation.js';
import { attentionSchema, positionalSchema, shapeAttention, shapePositional } from './attention.js';
import { conv2dSchema, shapeConv2d } from './conv2d.js';
import { denseSchema, shapeDense } from './dense.js';
import { dropoutSchema, shapeDropout } from './dropout.js';
import { embeddingSchema, shapeEmbedding } from './embedding.js';
import { flattenSchema, shapeFlatten } from './flatten.js';
import { shapeKeras, type KerasLayer } from './keras.js';
import type { ShapeLayer, Shaped } from './kind.js';
import { lstmSchema, shapeLstm } from './lstm.js';
import {
  batchNormSchema,
  groupNormSchema,
  layerNormSchema,
  shapeBatchNorm,
  shapeGroupNorm,
  shapeLayerNorm,
} from './norm.js';
import { globalPoolSchema, poolSchema, shapeGlobalPool, shapePool } from './pool.js';
import { residualSchema } from './residual.js';
import type { Shape } from './shape.js';

const simple = [
  denseSchema,
  conv2dSchema,
  poolSchema,
  globalPoolSchema,
  flattenSchema,
  activationSchema,
  embeddingSchema,
  lstmSchema,
  layerNormSchema,
  groupNormSchema,
  batchNormSchema,
  dropoutSchema,
  positionalSchema,
  attentionSchema,
] as const;

const innerSchema = z.discriminatedUnion('kind', simple);

export const layerSchema = z.discriminatedUnion('kind', [...simple, residualSchema(innerSchema)]);

/** One layer of a model's specification. */
export type Layer = z.output<typeof layerSchema> | KerasLayer;
export type LayerOf<Kind extends Layer['kind']> = Extract<Layer, { kind: Kind }>;

/** A layer that may be within another. */
export type InnerLayer = z.output<typeof innerSchema>;

/** A residual's shapes follow from its layers'; see `buildModel`. */
type ShapedLayer = InnerLayer | KerasLayer;
type ShapedOf<Kind extends ShapedLayer['kind']> = Extract<ShapedLayer, { kind: Kind }>;

const shapes: { readonly [Kind in ShapedLayer['kind']]: ShapeLayer<ShapedOf<Kind>> } = {
  dense: shapeDense,
  conv2d: shapeConv2d,
  pool: shapePool,
  'global-pool': shapeGlobalPool,
  flatten: shapeFlatten,
  activation: shapeActivation,
  keras: shapeKeras,
  embedding: shapeEmbedding,
  lstm: shapeLstm,
  'layer-norm': shapeLayerNorm,
  'group-norm': shapeGroupNorm,
  'batch-norm': shapeBatchNorm,
  dropout: shapeDropout,
  positional: shapePositional,
  attention: shapeAttention,
};

/** @throws RangeError where the layer cannot take such an input */
export const shapeLayer = <Kind extends ShapedLayer['kind']>(layer: ShapedOf<Kind>, input: Shape): Shaped =>
  shapes[layer.kind](layer, input);
