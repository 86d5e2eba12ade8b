/** LEAF's JSON (Caldas et al. 2018, arXiv 1812.01097): users, and for each of them inputs x and labels y. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../numerics/index.js';

/** The examples of one user in one file. */
export interface LeafUser {
  readonly path: string;
  readonly user: string;
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
}

const schema = z.object({
  users: z.array(z.string()),
  user_data: z.record(z.string(), z.object({ x: z.array(z.unknown()), y: z.array(z.unknown()) })),
});

/**
 * The users of a LEAF file, in the order of its list, and its checksum.
 * @throws Error that names the file where it is no JSON or has another form
 */
export function readLeaf(path: string): { users: LeafUser[]; checksum: Record<string, string> } {
  const content = readFileSync(path);
  const parsed = schema.safeParse(parseJson(content.toString(), path));
  if (!parsed.success) {
    const [{ path: field, message }] = parsed.error.issues;
    throw new Error(`'${path}' is not in LEAF's form: ${field.join('.')}: ${message}`);
  }
  const { users, user_data: data } = parsed.data;
  return {
    users: users.map((user) => {
      if (!Object.hasOwn(data, user)) throw new Error(`'${path}' lists user '${user}' but has no data of it`);
      const { x, y } = data[user];
      if (x.length === y.length) return { path, user, x, y };
      throw new Error(`'${path}': user '${user}' has ${x.length} inputs and ${y.length} labels`);
    }),
    checksum: { [join(basename(dirname(path)), basename(path))]: sha256(content) },
  };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`'${path}' is not whole JSON (${reason})`, { cause: error });
  }
}
