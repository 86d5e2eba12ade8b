/** What neither FedMA's server nor its clients take for an answer or a message, since matching would fail with it. */
import { z } from 'zod';
import type { Model } from '../../learning/index.js';
import { layerLength, widthsOf, withWidths } from '../../matching/index.js';
import type { AskedClient } from '../federated.js';
import type { HostedUpdate, Payload } from '../payload.js';
import { formRefusal, headerRefusal, lengthsRefusal, trainsOnce } from '../refusals.js';
import { trainingOf } from './client.js';
import type { FedmaMessage } from './messages.js';
import type { FedmaOptions } from './options.js';

export function refuseAnswer(
  options: FedmaOptions,
  answer: HostedUpdate,
  message: FedmaMessage,
  client: AskedClient,
): string | undefined {
  const { model, samples } = client;
  const classes = widthsOf(model).at(-1);
  const counts = z.array(z.int().min(0)).length(classes ?? 0);
  const header = z.strictObject({
    classCounts: counts.refine((all) => all.reduce((sum, count) => sum + count, 0) === samples, {
      error: `the counts are not those of ${samples} examples`,
    }),
  });
  return (
    headerRefusal(header, answer.header) ??
    formRefusal(answer, message, client, trainsOnce({ ...options, ...trainingOf(options, message, model) }))
  );
}

const begin = (round: number) =>
  z.strictObject({
    kind: z.literal('begin'),
    round: z.literal(round),
    seed: z
      .int()
      .min(0)
      .lt(2 ** 32)
      .optional(),
  });

/** @param most the widest that a layer can be that comes with so many weights */
const advance = (round: number, model: Model, most: number) => {
  const hidden = widthsOf(model).slice(0, -1);
  return z
    .strictObject({
      kind: z.literal('advance'),
      round: z.literal(round),
      layer: z.int().min(0).lt(hidden.length),
      width: z.int().positive().max(most),
      assignment: z.array(z.int().min(0)),
    })
    .refine(({ layer, assignment }) => assignment.length === hidden[layer], {
      path: ['assignment'],
      error: 'it does not say of each unit of the layer where it is',
    })
    .refine(
      ({ width, assignment }) =>
        new Set(assignment).size === assignment.length && assignment.every((at) => at < width),
      {
        path: ['assignment'],
        error: 'two units are at one place, or one is beyond the width',
      },
    );
};

export function refuseMessage({ header, vectors }: Payload, model: Model, round: number): string | undefined {
  const most = Object.hasOwn(vectors, 'weights') ? vectors.weights.length : 0;
  const schema = z.discriminatedUnion('kind', [begin(round - 1), advance(round - 1, model, most)]);
  const { data, error } = schema.safeParse(header);
  if (error !== undefined) return headerRefusal(schema, header);
  return lengthsRefusal(vectors, { weights: lengthFor(data, model, most) });
}

/** How many weights come with a header. */
function lengthFor(header: FedmaMessage['header'], model: Model, sent: number): number {
  if (header.kind === 'begin') return header.seed === undefined ? model.manifest.length : 0;
  const { layer, width } = header;
  // The inputs of later layers are as many as the units before them, which earlier messages have told.
  return layer > 0 ? sent : layerLength(withWidths(model, widthsOf(model).with(0, width)), 0);
}
