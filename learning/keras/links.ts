/** Which layers a layer takes its inputs from: `inbound_nodes`, as Keras 2 and TensorFlow.js write them, or Keras 3. */
import { z } from 'zod';

/** An output of another layer. */
export interface Link {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

const history = z.tuple([z.string(), z.int(), z.int()]);
const options = z.record(z.string(), z.unknown());
const old = z.array(
  z.union([history, z.tuple([z.string(), z.int(), z.int(), options])], {
    error: 'a link names a layer, a call and an output',
  }),
);
const tensor = z.strictObject({
  class_name: z.literal('__keras_tensor__'),
  config: z.strictObject({ shape: z.unknown(), dtype: z.unknown(), keras_history: history }),
});
const recent = z.strictObject({
  args: z.tuple([z.union([tensor.transform((one) => [one]), z.array(tensor)])]),
  kwargs: options,
});

/** @throws RangeError where a call has options that are not read, or is none that is known */
export function readLinks({ name }: { readonly name: string }, nodes: unknown): readonly (readonly Link[])[] {
  if (nodes === undefined) return [];
  const calls = z.array(z.unknown()).safeParse(nodes);
  if (!calls.success) throw refused(name, nodes);
  return calls.data.map((call) => {
    const { links, set } = readCall(name, call);
    const used = Object.entries(set).find(([, value]) => value !== null && value !== false);
    if (used !== undefined) {
      throw new RangeError(
        `layer '${name}' is called with ${used[0]}: ${JSON.stringify(used[1])}, which is not read; call it without`,
      );
    }
    return links.map(([layer, at, output]) => ({ layer, call: at, output }));
  });
}

function readCall(name: string, call: unknown) {
  const links = old.safeParse(call);
  if (links.success) {
    return {
      links: links.data.map(([layer, at, output]) => [layer, at, output] as const),
      set: Object.assign({}, ...links.data.map((link) => link[3] ?? {})) as Record<string, unknown>,
    };
  }
  const parsed = recent.safeParse(call);
  if (!parsed.success) throw refused(name, call);
  const [tensors] = parsed.data.args;
  return { links: tensors.map(({ config }) => config.keras_history), set: parsed.data.kwargs };
}

const refused = (name: string, nodes: unknown) =>
  new RangeError(
    `layer '${name}': inbound_nodes are not as Keras writes them: ${JSON.stringify(nodes).slice(0, 200)}`,
  );
