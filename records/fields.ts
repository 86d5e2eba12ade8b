/** Building blocks of the schemas of a run's files. */
import { z } from 'zod';

/** All properties, and the elements of all lists, are read-only. */
export type Immutable<Type> = Type extends (...values: never[]) => unknown
  ? Type
  : Type extends object
    ? { readonly [Key in keyof Type]: Immutable<Type[Key]> }
    : Type;

export const count = z.int().nonnegative();

/** JSON has no NaN and no infinity: they are written as null, and null is read as NaN. */
export const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN)
  .meta({ title: 'number' });

export const digest = z.string().meta({ title: 'sha256' });

export const list = <Element extends z.ZodType>(element: Element) => z.array(element);

/** An object of any names. */
export const record = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);
