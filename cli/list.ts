/** `murmur list WHAT [NAME]`: what a recipe can name, with its options. */
import { Argument, Command } from 'commander';
import { fieldsOf, jsonSchema, loadPlugins, registries, type Field } from '../recipe/index.js';
import { pluginOption } from './options.js';

/** Options within options within options are left to `murmur reference`. */
const LEVELS = 2;

interface Options {
  readonly plugin: readonly string[];
}

export function listCommand(): Command {
  return new Command('list')
    .description('List what a recipe can name, and the options of each.')
    .addArgument(
      new Argument('[what]', 'which list; left out, the names in all of them').choices(
        Object.keys(registries),
      ),
    )
    .argument('[name]', 'only this one of the list')
    .addOption(pluginOption())
    .action(async (what: string | undefined, name: string | undefined, { plugin }: Options) => {
      await loadPlugins(plugin);
      if (what === undefined) {
        for (const [name, { entries }] of Object.entries(registries)) {
          process.stdout.write(`${name}\n    ${entries.map(({ kind }) => kind).join(', ')}\n`);
        }
        return;
      }
      const registry = registries[what];
      const listed = name === undefined ? registry.entries : [registry.entry(name)];
      for (const { kind, summary, options } of listed) {
        process.stdout.write(`${kind}\n    ${summary}\n`);
        const fields = fieldsOf(jsonSchema(options)).filter(({ name }) => name.split('.').length <= LEVELS);
        for (const field of fields) process.stdout.write(`      ${line(field)}\n`);
      }
    });
}

/** "epochs (whole number ≥ 1, default 1): E, how often …" */
function line({ name, allowed, required, preset, description }: Field): string {
  const assumed = preset === undefined ? '' : `, default ${JSON.stringify(preset)}`;
  const said = description === undefined ? '' : `: ${description}`;
  return `${name} (${allowed}${required ? ', required' : assumed})${said}`;
}
