/** Activations, as a layer's last act or as layers of their own. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import type { ShapeLayer } from './kind.js';

const curves = ['relu', 'tanh', 'sigmoid', 'gelu'] as const;

/** The field of layers that may end with one. */
export const activation = z.enum(['none', ...curves]).default('none');
export type Activation = z.output<typeof activation>;

/** gelu is Hendrycks & Gimpel's with the hyperbolic tangent. */
export const activationSchema = optionsSchema({ kind: z.literal('activation'), function: z.enum(curves) });
export type ActivationLayer = z.output<typeof activationSchema>;

export const shapeActivation: ShapeLayer<ActivationLayer> = (_, input) => ({ output: input, tensors: [] });
