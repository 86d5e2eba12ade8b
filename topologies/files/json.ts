/**
 * Graphs as JSON: `{ directed?, nodes?, edges }`, also as networkx and d3 write them (nodes with `id`, `links`)
 * and graphology (nodes with `key`); or a bare list of edges. An edge is a pair or has `source` and `target`.
 */
import { z } from 'zod';
import type { NamedEdges } from './named-edges.js';

const name = z.union([z.string(), z.number()]).transform(String);
const node = z.union([
  name,
  z.looseObject({ id: name }).transform(({ id }) => id),
  z.looseObject({ key: name }).transform(({ key }) => key),
]);
const edge = z.union([
  z.tuple([name, name]).transform(([from, to]) => ({ from, to })),
  z
    .looseObject({ source: name, target: name })
    .transform(({ source, target }) => ({ from: source, to: target })),
]);
const list = z.array(z.unknown());
const file = z.looseObject({
  directed: z.boolean().optional(),
  options: z.looseObject({ type: z.string().optional() }).optional(),
  nodes: z.union([z.int().min(0), list]).optional(),
  edges: list.optional(),
  links: list.optional(),
});

/** @throws Error, a sentence with the place */
export function parseJson(text: string): NamedEdges {
  const parsed = file.safeParse(content(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `it is not a graph: ${issue.path.join('.') || 'the whole file'}: ${issue.message}; ${shape}`,
    );
  }
  const { nodes, edges, links, options } = parsed.data;
  const directed =
    parsed.data.directed ?? (options?.type === undefined ? undefined : options.type === 'directed');
  const written = edges ?? links;
  if (written === undefined) throw new Error(`it has no edges; ${shape}`);
  const key = edges ? 'edges' : 'links';
  const declared =
    typeof nodes === 'number'
      ? Array.from({ length: nodes }, (_, i) => ({ name: String(i), where: 'nodes' }))
      : nodes?.map((value, i) => ({
          name: read(node, value, `nodes[${i}]`, 'a name, or an object with id or key'),
          where: `nodes[${i}]`,
        }));
  return {
    ...(directed !== undefined && { directed }),
    ...(declared && { declared }),
    edges: written.map((value, i) => {
      const where = `${key}[${i}]`;
      return { ...read(edge, value, where, 'two names [a, b], or an object with source and target'), where };
    }),
  };
}

const shape = 'write { "nodes": ["a", "b"], "edges": [["a", "b"]] }';

function content(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return Array.isArray(value) ? { edges: value } : value;
}

function read<T>(schema: z.ZodType<T>, value: unknown, where: string, right: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${where} is ${JSON.stringify(value)}; it has to be ${right}`);
}
