/** Every message of the protocol, as Markdown; docs/messages.md is its output. */
import { z } from 'zod';
import { closeCodes, encodings, messages, PROTOCOL_VERSION, refusals, type Way } from '../protocol/index.js';

type Schema = z.core.JSONSchema.BaseSchema;

export function protocolReference(): string {
  const table = Object.entries(messages).map(([kind, { tag, ways, tensors }]) => [
    ...[String(tag), `[${kind}](#${kind.toLowerCase()})`, ways.map(wayName).join(', ')],
    tensors ? 'yes' : '',
  ]);
  return [
    '# The messages of the protocol',
    `Version ${PROTOCOL_VERSION}. This page is made from the program's own schemas by \`npm run docs\`; [protocol.md](protocol.md) says how frames are built and what happens when.`,
    'A `?` marks fields that may be left out, `=` what then counts. Fields that are not listed are refused. `sha256` is 64 hexadecimal digits; `client` is the number of a client or gossip node; `exchange` counts exchanges or synchronous rounds from 1, 0 being before the first; `tensor` names a tensor; `decimal` is a whole number of any size as text; `sum` is an exact sum, `{ sum: decimal, weight: decimal }`: Σ weight × value and Σ weight, each term times 2³² and rounded; `json` is any JSON.',
    '## Tags',
    markdown(['tag', 'message', 'goes to', 'tensors'], table),
    ...Object.entries(messages).flatMap(([kind, { tag, header }]) => {
      const schema = z.toJSONSchema(header, { io: 'output', unrepresentable: 'any' });
      return [
        `### ${kind}`,
        `Tag ${tag}. ${schema.description ?? ''}`,
        fence(fieldLines(schema, '').join('\n')),
      ];
    }),
    '## Encodings of tensors',
    markdown(
      ['code', 'encoding'],
      Object.entries(encodings).map(([name, code]) => [String(code), name]),
    ),
    '## Close codes',
    markdown(
      ['code', 'name', 'try again?', 'meaning'],
      Object.entries(closeCodes).map(([name, { code, retry, meaning }]) => [
        ...[String(code), name, retry ? 'yes' : 'no'],
        meaning,
      ]),
    ),
    '## Reasons of a refusal',
    markdown(['reason', 'meaning'], Object.entries(refusals)),
  ]
    .join('\n\n')
    .concat('\n');
}

const wayNames = { toCoordinator: 'coordinator', toWorker: 'worker', toPeer: 'other worker' } as const;
const wayName = (way: Way) => wayNames[way];

/** A line for each field, those within it indented below. */
function fieldLines({ properties = {}, required = [] }: Schema, indent: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    const preset = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
    const means = schema.description === undefined ? '' : `  // ${schema.description}`;
    const key = `${indent}${name}${required.includes(name) && schema.default === undefined ? '' : '?'}`;
    return [`${key}: ${typeOf(schema)}${preset}${means}`, ...innerLines(schema, `${indent}  `)];
  });
}

/** The fields of an object, of a list's objects, or of each form. */
function innerLines(schema: Schema, indent: string): string[] {
  const { properties, items, anyOf, oneOf } = schema;
  if (properties) return fieldLines(schema, indent);
  if (typeof items === 'object' && !Array.isArray(items)) return innerLines(items, indent);
  const forms = (anyOf ?? oneOf ?? []).flatMap((form) => (typeof form === 'boolean' ? [] : [form]));
  return forms.flatMap((form) => [`${indent}either`, ...fieldLines(form, `${indent}  `)]);
}

function typeOf(schema: Schema | boolean): string {
  if (typeof schema === 'boolean') return 'json';
  const { title, const: only, enum: some, anyOf, oneOf, items, prefixItems, properties, type } = schema;
  if (title !== undefined) return title;
  if (only !== undefined) return JSON.stringify(only);
  if (some) return some.map((one) => JSON.stringify(one)).join(' | ');
  if (anyOf ?? oneOf) return 'one of';
  if (properties) return 'object';
  if (prefixItems) return `[${prefixItems.map(typeOf).join(', ')}]`;
  if (items !== undefined && !Array.isArray(items)) return `list of ${typeOf(items)}`;
  if (type === 'object') return `{ name: ${typeOf(schema.additionalProperties ?? true)} }`;
  if (type === 'string') return `text up to ${schema.maxLength}`;
  if (type === 'integer') return schema.exclusiveMinimum === 0 ? 'integer > 0' : 'integer ≥ 0';
  return typeof type === 'string' ? type : 'json';
}

const fence = (text: string) => (text === '' ? 'It has no fields.' : `\`\`\`\n${text}\n\`\`\``);

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
