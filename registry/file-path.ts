/** Options that name a file: declared as such, so that what depends on the file's content is known. */
import { z } from 'zod';

/**
 * An option that names a file which is read as a whole: a model, weights, a graph. Its content is part of what a result
 * depends on, and goes to workers over the wire; `create` reads it by `context.readFile`, never from the disk.
 */
export const filePath = () => z.string().min(1).meta({ file: true });

export const isFilePath = (schema: z.core.$ZodType) => z.globalRegistry.get(schema)?.['file'] === true;
