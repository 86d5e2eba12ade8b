/** From messages that carry models to the effects that merge them, part by part, and the ages that result. */
import { drawInteger, type Stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import type { Effect, Message, View } from '../gossip.js';
import type { Header } from '../message-form.js';
import type { MessageParts } from './message-parts.js';

/** What a message's header says of the model in it; requests say nothing of the kind. */
export function standing(view: View, age: number): Header {
  return { samples: view.samples, age };
}

export const carriesModel = ({ header }: Message): boolean => 'age' in header;

export interface MergeSettings {
  readonly rule: Choice;
  readonly share?: number | undefined;
}

interface Merging {
  readonly ages: readonly number[];
  readonly effects: readonly Effect[];
}

/**
 * All messages of one part are merged at once, with that part's age of the own model; the result has the greatest
 * age among them (Hegedűs et al. 2021; once a merge, not once a message).
 * @param places which of the messages to merge, by their place in the list
 */
export function mergeMessages(
  messages: readonly Message[],
  places: readonly number[],
  ages: readonly number[],
  parts: MessageParts,
  { rule, share }: MergeSettings,
  view: View,
): Merging {
  const merged = [...ages];
  const effects: Effect[] = [];
  for (const index of new Set(places.map((place) => parts.ageIndex(messages[place].header)))) {
    const received = places
      .filter((place) => parts.ageIndex(messages[place].header) === index)
      .map((place) => {
        const { header } = messages[place];
        const part = parts.partOf(header, view.model.manifest.length);
        return { message: place, samples: header.samples, age: header.age, ...(part && { part }) };
      });
    effects.push({
      kind: 'merge',
      rule,
      own: { samples: view.samples, age: ages[index] },
      ...(share !== undefined && { share }),
      received,
    });
    merged[index] = Math.max(ages[index], ...received.map(({ age }) => age));
  }
  return { ages: merged, effects };
}

/** A model is adopted by a merge in which the own one has no share. */
const ADOPT = { rule: { kind: 'mean', share: 0 }, share: 0 };

/** The own model is replaced by a received one, drawn at random. */
export function adoptOne(
  messages: readonly Message[],
  places: readonly number[],
  ages: readonly number[],
  parts: MessageParts,
  view: View,
  draw: Stream,
): Merging {
  if (places.length === 0) return { ages, effects: [] };
  const place = places[drawInteger(draw, places.length)];
  const { header } = messages[place];
  const { effects } = mergeMessages(messages, [place], ages, parts, ADOPT, view);
  return { ages: ages.with(parts.ageIndex(header), header.age), effects };
}
