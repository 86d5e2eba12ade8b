/** LEAF's JSON format (Caldas et al. 2018, arXiv 1812.01097), in files of any length: inputs x and labels y of each user. */
import { z } from 'zod';
import type { DataFile } from '../dataset-files.js';
import { readText } from '../text-chunks.js';
import { jsonMembers } from './json-members.js';

/** One user's examples in one file. */
export interface LeafUser {
  readonly path: string;
  readonly user: string;
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
}

const list = z.object({
  users: z.array(z.string()),
  num_samples: z.array(z.int().min(0)).optional(),
  user_data: z.looseObject({}),
});
const examples = z.object({ x: z.array(z.unknown()), y: z.array(z.unknown()) });

/**
 * Reads a LEAF file, holding one user's examples at a time.
 * @param visit is called with each user, in the order of the data
 * @returns the users in the order of the file's list, and the file's checksum
 * @throws Error that names the file if it is not JSON in LEAF's format, lists a user twice or without data, or states another
 * number of examples than it has
 */
export function readLeaf(
  file: DataFile,
  visit: (user: LeafUser) => void = () => undefined,
): { users: readonly string[]; sha256: string } {
  const { path } = file;
  const { result, sha256 } = readText(file, (chunks) => {
    const metadata: Record<string, unknown> = {};
    const sizes = new Map<string, number>();
    for (const { key, value, streamed } of jsonMembers(chunks, 'user_data', path)) {
      if (streamed) {
        const { x, y } = parsed(examples, value, path, `user_data.${key}`);
        if (x.length !== y.length) {
          throw new Error(`'${path}': user '${key}' has ${x.length} inputs and ${y.length} labels`);
        }
        sizes.set(key, x.length);
        visit({ path, user: key, x, y });
      } else metadata[key] = value;
    }
    return checkUsers(parsed(list, metadata, path), sizes, path);
  });
  return { users: result, sha256 };
}

function parsed<Value>(schema: z.ZodType<Value>, value: unknown, path: string, at?: string): Value {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [{ path: field, message }] = found.error.issues;
  const place = [...(at === undefined ? [] : [at]), ...field].join('.');
  throw new Error(`'${path}' is not in LEAF's format: ${place}: ${message}`);
}

function checkUsers(
  { users, num_samples: counts }: z.output<typeof list>,
  sizes: ReadonlyMap<string, number>,
  path: string,
): readonly string[] {
  const listed = new Set<string>();
  for (const [place, user] of users.entries()) {
    if (listed.has(user)) throw new Error(`'${path}' lists user '${user}' twice`);
    listed.add(user);
    const size = sizes.get(user);
    if (size === undefined) throw new Error(`'${path}' lists user '${user}' but has no data of this user`);
    if (counts !== undefined && counts.at(place) !== size) {
      throw new Error(
        `'${path}': num_samples states ${counts.at(place)} examples of user '${user}', who has ${size}`,
      );
    }
  }
  for (const user of sizes.keys()) {
    if (!listed.has(user))
      throw new Error(`'${path}' has data of user '${user}', who is not in its list of users`);
  }
  return users;
}
