/** Every message of the protocol, as Markdown; docs/messages.md is its output. */
import { z } from 'zod';
import { fence, fieldLines, markdownTable } from './markdown.js';
import { closeCodes, encodings, messages, PROTOCOL_VERSION, refusals, type Way } from '../protocol/index.js';

export function protocolReference(): string {
  const table = Object.entries(messages).map(([kind, { tag, ways, tensors }]) => [
    ...[String(tag), `[${kind}](#${kind.toLowerCase()})`, ways.map(wayName).join(', ')],
    tensors ? 'yes' : '',
  ]);
  return [
    '# The messages of the protocol',
    `Version ${PROTOCOL_VERSION}. This page is made from the program's own schemas by \`npm run docs\`; [protocol.md](protocol.md) says how frames are built and what happens when.`,
    'A `?` marks fields that may be left out, `=` what then counts. Fields that are not listed are refused. `sha256` is 64 hexadecimal digits; `client` is the number of a client or gossip node; `round` counts rounds from 1, 0 being before the first; `tensor` names a tensor; `decimal` is a whole number of any size as text; `sum` is an exact sum, `{ sum: decimal, weight: decimal }`: Σ weight × value and Σ weight, each term times 2³² and rounded; `json` is any JSON.',
    '## Tags',
    markdownTable(['tag', 'message', 'goes to', 'tensors'], table),
    ...Object.entries(messages).flatMap(([kind, { tag, header }]) => {
      const schema = z.toJSONSchema(header, { io: 'output', unrepresentable: 'any' });
      return [
        `### ${kind}`,
        `Tag ${tag}. ${schema.description ?? ''}`,
        fence(fieldLines(schema, '').join('\n')),
      ];
    }),
    '## Encodings of tensors',
    markdownTable(
      ['code', 'encoding'],
      Object.entries(encodings).map(([name, code]) => [String(code), name]),
    ),
    '## Close codes',
    markdownTable(
      ['code', 'name', 'try again?', 'meaning'],
      Object.entries(closeCodes).map(([name, { code, retry, meaning }]) => [
        ...[String(code), name, retry ? 'yes' : 'no'],
        meaning,
      ]),
    ),
    '## Reasons of a refusal',
    markdownTable(['reason', 'meaning'], Object.entries(refusals)),
  ]
    .join('\n\n')
    .concat('\n');
}

const wayNames = { toCoordinator: 'coordinator', toWorker: 'worker', toPeer: 'other worker' } as const;
const wayName = (way: Way) => wayNames[way];
