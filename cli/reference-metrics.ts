/** Every event of metrics.jsonl and the fields of run.json, as Markdown; docs/metrics.md is its output. */
import { z } from 'zod';
import { eventSchemas, recordSchema } from '../records/index.js';
import { fence, markdownTable, typeOf, type Schema } from './markdown.js';

export function metricsReference(): string {
  return [
    '# The files of a run',
    'A run’s directory holds `metrics.jsonl`, a line of JSON for each event while the run goes on, and `run.json` once it has ended. They are what reports are made from, and what your own analysis can read:',
    fence(
      [
        'import pandas',
        "events = pandas.read_json('runs/first/metrics.jsonl', lines=True)",
        "accuracy = events[events.type == 'evaluation'].set_index('round').accuracy",
      ].join('\n'),
      'python',
    ),
    'Numbers that JSON cannot hold (NaN, infinity) are `null`. A `?` marks fields that may be left out. Nothing in `metrics.jsonl` differs between two runs of a recipe, so there are no times in it. This page is made from the program’s own schemas by `npm run docs`; a file with other fields is refused.',
    '## `metrics.jsonl`',
    ...Object.entries(eventSchemas).flatMap(([type, schema]) => [`### ${type}`, ...fieldsOf(schema)]),
    '## `run.json`',
    ...fieldsOf(recordSchema),
  ]
    .join('\n\n')
    .concat('\n');
}

function fieldsOf(schema: z.ZodType): string[] {
  const described = z.toJSONSchema(schema, { io: 'input' });
  return [described.description ?? '', markdownTable(['field', 'type', 'meaning'], rowsOf(described, ''))];
}

/** A row for each field; `a.b` is the field b of the object a, `a[].b` that of each object in the list a. */
function rowsOf({ properties = {}, required = [] }: Schema, before: string): string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    const { items } = schema;
    const elements = typeof items === 'object' && !Array.isArray(items) ? items : undefined;
    const path = `${before}${name}`;
    return [
      [`\`${path}${required.includes(name) ? '' : '?'}\``, typeOf(schema), schema.description ?? ''],
      ...rowsOf(schema, `${path}.`),
      ...(elements ? rowsOf(elements, `${path}[].`) : []),
    ];
  });
}
