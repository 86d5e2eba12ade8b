/** Messages of the protocol at random, made from its schemas: what is added to the catalogue is tested too. */
import fc from 'fast-check';
import { z } from 'zod';
import { encodings, messages, type Message, type MessageKind, type Tensor } from '../../protocol/index.js';

type Schema = z.core.JSONSchema.BaseSchema;

export const messageKinds = Object.keys(messages) as MessageKind[];

/** A message of this kind, with as many tensors as it may have. */
export function arbitraryMessage(kind: MessageKind): fc.Arbitrary<Message> {
  const { header, tensors } = messages[kind];
  const fields = value(z.toJSONSchema(header, { io: 'output', unrepresentable: 'any' }));
  const some = tensors
    ? fc.uniqueArray(fc.tuple(tensorName, tensor), { maxLength: 4, selector: first })
    : none;
  return fc
    .tuple(fields, some)
    .map(
      ([header, list]) =>
        ({ kind, ...(header as object), ...(tensors && { tensors: new Map(list) }) }) as unknown as Message,
    );
}

const first = ([name]: [string, Tensor]) => name;
const none = fc.constant<[string, Tensor][]>([]);
const tensorName = fc.stringMatching(/^[\w./:-]{1,20}$/);

const widths = { float32: 4, float16: 2, uint32: 4, int64: 8, bytes: 1 } as const;

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[])),
    fc.uint8Array({ maxLength: 100 }),
  )
  .map(([encoding, content]) => {
    const width = encoding in widths ? widths[encoding as keyof typeof widths] : 1;
    const length = Math.floor(content.length / width);
    return { encoding, length, bytes: content.slice(0, length * width) };
  });

/** As its pattern says, but made faster than from it. */
const sha256 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

/** Any value that a JSON Schema, as zod writes it, allows. */
function value(schema: Schema | boolean): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean') return json;
  const { type, enum: some, const: only, anyOf, oneOf, items, prefixItems, properties, pattern } = schema;
  if (only !== undefined) return fc.constant(only);
  if (some) return fc.constantFrom(...some);
  const forms = anyOf ?? oneOf;
  if (forms) return fc.oneof(...forms.map(value));
  if (properties) return object(schema);
  if (prefixItems) return fc.tuple(...prefixItems.map(value));
  if (type === 'array' && items !== undefined && !Array.isArray(items)) {
    return fc.array(value(items), { minLength: schema.minItems ?? 0, maxLength: 4 });
  }
  if (type === 'object') {
    const { propertyNames = { type: 'string' }, additionalProperties = true } = schema;
    const names = value(propertyNames).filter((name) => name !== '__proto__') as fc.Arbitrary<string>;
    return fc.dictionary(names, value(additionalProperties), { maxKeys: 4, noNullPrototype: true });
  }
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => value({ ...schema, type: one })));
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') {
    if (pattern === '^[0-9a-f]{64}$') return sha256;
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
    return fc.string({ unit: 'binary', maxLength: Math.min(schema.maxLength ?? 20, 20) });
  }
  if (type === 'integer') {
    return fc.maxSafeInteger().map((n) => inRange(n, schema));
  }
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero);
  return json;
}

function object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, value(field)]));
  return fc.record(fields, { requiredKeys: required as never[], noNullPrototype: true });
}

function inRange(n: number, schema: Schema): number {
  const least = schema.minimum ?? Number(schema.exclusiveMinimum ?? -1) + 1;
  const most = schema.maximum ?? Number.MAX_SAFE_INTEGER;
  return n >= least && n <= most ? n : least + (Math.abs(n) % (Math.min(most, 1000) - least + 1));
}

/** What JSON keeps of a number: all but the sign of zero. */
const withoutMinusZero = (n: number) => (n === 0 ? 0 : n);

const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((any) => JSON.parse(JSON.stringify(any).replaceAll('__proto__', 'x')) as unknown);
