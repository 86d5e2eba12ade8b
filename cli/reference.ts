/** `murmur reference`: everything that a recipe can say, as Markdown; docs/recipes.md is its output. */
import { Argument, Command } from 'commander';
import { fieldsOf, jsonSchema, loadPlugins, recipeSchema, registries, type Field } from '../recipe/index.js';
import { markdownTable } from './markdown.js';
import { metricsReference } from './reference-metrics.js';
import { pluginOption } from './options.js';
import { protocolReference } from './reference-protocol.js';

export function referenceCommand(): Command {
  return new Command('reference')
    .description(
      'Print everything that a recipe can say, all messages of the protocol, or all fields of a run’s files, as Markdown.',
    )
    .addArgument(new Argument('[page]', 'what to print').choices(Object.keys(pages)).default('recipes'))
    .addOption(pluginOption())
    .action(async (page: keyof typeof pages, { plugin }: { plugin: readonly string[] }) => {
      await loadPlugins(plugin);
      process.stdout.write(pages[page]());
    });
}

const pages = { recipes: recipeReference, messages: protocolReference, metrics: metricsReference };

function recipeReference(): string {
  const sections = Object.entries(registries).map(([name, { name: noun, entries }]) =>
    section(name, noun, entries),
  );
  return [
    '# What a recipe can say',
    "This page is made from the program's own schema by `npm run docs`.",
    'A recipe is a YAML file of the fields below. Where a field is a choice (a dataset, an algorithm, …), write the kind alone, `model: 2nn`, or the kind with its options, `partition: { kind: dirichlet, alpha: 0.1 }`. Dots stand for nesting: `data.partition` is the field `partition` of `data`. Only the fields marked *required* must be there.',
    '## Fields',
    table(fieldsOf(jsonSchema(recipeSchema))),
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

type Entries = (typeof registries)[string]['entries'];

/** A registry: the options that many of its entries have, then every entry with those of its own. */
function section(name: string, noun: string, entries: Entries): string {
  const described = entries.map((entry) => ({ ...entry, fields: fieldsOf(jsonSchema(entry.options)) }));
  const common = commonFields(described.map(({ fields }) => fields));
  const isCommon = (field: Field) => common.some((other) => same(field, other));
  return [
    `## ${title(name)}`,
    ...(common.length > 0 ? [`Options of several kinds of ${noun}:`, table(common)] : []),
    ...described.flatMap(({ kind, summary, fields }) => {
      const own = fields.filter((field) => !isCommon(field));
      const shared = fields.filter((field) => isCommon(field) && !field.name.includes('.'));
      const also = shared.map((field) => `\`${field.name}\``).join(', ');
      return [
        `### ${kind}`,
        summary,
        ...(own.length > 0 ? [table(own)] : []),
        ...(shared.length > 0 ? [`As above: ${also}.`] : []),
      ];
    }),
  ].join('\n\n');
}

/** Fields that stand alike in so many entries are said once. */
const COMMON = 4;

function commonFields(entries: readonly (readonly Field[])[]): Field[] {
  const all = entries.flat();
  const first = all.filter((field, i) => all.findIndex((other) => same(field, other)) === i);
  return first.filter((field) => all.filter((other) => same(field, other)).length >= COMMON);
}

const same = (a: Field, b: Field) => JSON.stringify(a) === JSON.stringify(b);

function table(fields: readonly Field[]): string {
  const rows = fields.map(({ name, allowed, required, preset, description = '' }) => {
    const assumed = required ? '*required*' : preset === undefined ? '' : `\`${JSON.stringify(preset)}\``;
    return [`\`${name}\``, allowed, assumed, description];
  });
  return markdownTable(['field', 'what it may be', 'default', 'meaning'], rows);
}

const title = (name: string) => `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
