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
import type { Branches, ShapeLayer, Shaped } from './kind.js';
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
import { residualSchema, shapeResidual } from './residual.js';
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
  'layer-norm': shapeLayerNorm,
  'group-norm': shapeGroupNorm,
  'batch-norm': shapeBatchNorm,
  dropout: shapeDropout,
  positional: shapePositional,
  attention: shapeAttention,
  residual: shapeResidual,
};

/** The layers inside a layer and those of its shortcut, if it has some. */
export const branchesOf = (layer: Layer): Branches<readonly InnerLayer[]> | undefined =>
  layer.kind === 'residual' ? { inside: layer.layers, around: layer.shortcut ?? [] } : undefined;

/** @throws RangeError if the layer cannot take the input */
export const shapeLayer = <Kind extends Layer['kind']>(
  layer: LayerOf<Kind>,
  input: Shape,
  branches?: Branches<Shape>,
): Shaped => shapes[layer.kind](layer, input, branches);
