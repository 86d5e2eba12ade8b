/** LEAF's JSON (Caldas et al. 2018, arXiv 1812.01097), of any length: users, and for each of them inputs x and labels y. */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../text-file.js';
import { jsonMembers } from './json-members.js';

/** The examples of one user in one file. */
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
 * Reads a LEAF file, no more of it at once than a user's examples.
 * @param visit gets each user, in the order of the data
 * @returns the users in the order of the file's list, and its checksum
 * @throws Error that names the file where it is no JSON or has another form; where a user is listed twice, has no data, or
 * other numbers of examples than the file says
 */
export function readLeaf(
  path: string,
  visit: (user: LeafUser) => void = () => undefined,
): { users: readonly string[]; checksum: Record<string, string> } {
  const { result, checksum } = readTextFile(path, (pieces) => {
    const about: Record<string, unknown> = {};
    const sizes = new Map<string, number>();
    for (const { key, value, streamed } of jsonMembers(pieces, 'user_data', path)) {
      if (streamed) {
        const { x, y } = parsed(examples, value, path, `user_data.${key}`);
        if (x.length !== y.length) {
          throw new Error(`'${path}': user '${key}' has ${x.length} inputs and ${y.length} labels`);
        }
        sizes.set(key, x.length);
        visit({ path, user: key, x, y });
      } else about[key] = value;
    }
    return checkUsers(parsed(list, about, path), sizes, path);
  });
  return { users: result, checksum: { [join(basename(dirname(path)), basename(path))]: checksum } };
}

function parsed<Value>(schema: z.ZodType<Value>, value: unknown, path: string, at?: string): Value {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [{ path: field, message }] = found.error.issues;
  const place = [...(at === undefined ? [] : [at]), ...field].join('.');
  throw new Error(`'${path}' is not in LEAF's form: ${place}: ${message}`);
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
    if (size === undefined) throw new Error(`'${path}' lists user '${user}' but has no data of it`);
    if (counts !== undefined && counts.at(place) !== size) {
      throw new Error(
        `'${path}': num_samples says ${counts.at(place)} of user '${user}', who has ${size} examples`,
      );
    }
  }
  for (const user of sizes.keys()) {
    if (!listed.has(user)) throw new Error(`'${path}' has data of user '${user}' but does not list the user`);
  }
  return users;
}
