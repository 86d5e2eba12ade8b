/**
 * What a message carries of a model: all of it, one of S parts, or a random sample of its coordinates (Hegedűs,
 * Danner & Jelasity, "Decentralized learning works: an empirical comparison of gossip learning and federated
 * learning", JPDC 2021). Headers say which, in one number; nobody sends a list of coordinates.
 */
import { z } from 'zod';
import type { Part } from '../../merging/index.js';
import { drawInteger, portion, sampleWithoutReplacement, stream, type Stream } from '../../numerics/index.js';
import { optionsSchema } from '../../registry/index.js';
import type { Community } from '../gossip.js';
import { wholeUpTo, type Header, type MessageForm } from '../message-form.js';

export const messageOption = z
  .discriminatedUnion('kind', [
    optionsSchema({ kind: z.literal('whole') }),
    optionsSchema({
      kind: z.literal('partitioned'),
      parts: z
        .int()
        .min(2)
        .describe('S, into how many parts of equal size models are cut; one goes in a message'),
    }),
    optionsSchema({
      kind: z.literal('sampled'),
      fraction: z.number().gt(0).lt(1).describe('s, the share of the coordinates that goes in a message'),
    }),
  ])
  .prefault({ kind: 'whole' })
  .describe(
    'what a message carries: whole models, a random one of several parts, or a sample of the coordinates',
  );

export type MessageOption = z.output<typeof messageOption>;

export interface MessageParts {
  /** The fields of a header that say which part comes. */
  readonly fields: MessageForm['header'];
  /** How many ages a node keeps: one for each part that is merged by itself. */
  readonly ages: number;
  /** Draws what the next message carries: what its header says of it. */
  choose(draw: Stream): Header;
  /** Which age stands for what the message carries. */
  ageIndex(header: Header): number;
  /** The coordinates of a model of `length` weights that a message with this header carries; all if undefined. */
  partOf(header: Header, length: number): Part | undefined;
}

export function messageParts(option: MessageOption): MessageParts {
  switch (option.kind) {
    case 'whole':
      return { fields: {}, ages: 1, choose: () => ({}), ageIndex: () => 0, partOf: () => undefined };
    case 'partitioned': {
      const { parts } = option;
      const bound = (part: number, length: number) => Math.floor((part * length) / parts);
      return {
        fields: { part: wholeUpTo(parts - 1) },
        ages: parts,
        choose: (draw) => ({ part: drawInteger(draw, parts) }),
        ageIndex: ({ part }) => part,
        partOf: ({ part }, length) => ({ start: bound(part, length), end: bound(part + 1, length) }),
      };
    }
    case 'sampled':
      return {
        fields: { sample: wholeUpTo(2 ** 32 - 1) },
        ages: 1,
        choose: (draw) => ({ sample: drawInteger(draw, 2 ** 32) }),
        ageIndex: () => 0,
        // Without replacement: gossipy draws with it, and sends fewer coordinates than it says.
        partOf: ({ sample }, length) => ({
          coordinates: Uint32Array.from(
            sampleWithoutReplacement(
              stream(sample, 'gossip', 'sampled coordinates'),
              length,
              Math.max(1, Math.round(portion(option.fraction, length))),
            ),
          ),
        }),
      };
  }
}

/** A refusal of parts of which some would be empty; a sentence. */
export function refuseParts(option: MessageOption, { parameters }: Community): string | undefined {
  if (option.kind !== 'partitioned' || option.parts <= parameters) return undefined;
  return `message: ${option.parts} parts of a model of ${parameters} weights leave messages empty; use at most ${parameters} parts`;
}
