/** Options of several datasets. */
import { z } from 'zod';

/** A list of at least `least` different names. @param keyOf maps spellings of the same name to one key */
export const uniqueNames = (least: number, keyOf = (name: string) => name) =>
  z
    .array(z.string().trim().min(1))
    .min(least)
    .superRefine((names, context) => {
      const known = new Map<string, string>();
      for (const name of names) {
        const before = known.get(keyOf(name));
        known.set(keyOf(name), name);
        if (before === undefined) continue;
        context.addIssue({ code: 'custom', message: `'${before}' and '${name}' are the same name` });
      }
    });
