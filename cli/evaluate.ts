/** `murmur evaluate MODEL`: accuracy and loss of saved weights on a recipe's held-out data. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { loadPlugins, readRecipe, RecipeError } from '../recipe/index.js';
import { evaluateWeights } from '../simulator/index.js';
import { kernelsOption } from './native.js';
import { overrides, pluginOption, setOption, type Assignments } from './options.js';

interface Options {
  readonly recipe?: string;
  readonly on: 'test' | 'validation';
  readonly set: Assignments;
  readonly plugin: readonly string[];
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Evaluate saved weights on the data of a recipe.')
    .argument('<model>', 'a .safetensors file, or the directory of a run that has one')
    .option('--recipe <file>', 'whose data and model (default: recipe.yaml beside the model)')
    .addOption(new Option('--on <set>', 'the examples').choices(['test', 'validation']).default('test'))
    .addOption(setOption())
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

async function run(model: string, options: Options): Promise<void> {
  await loadPlugins(options.plugin);
  const stat = statSync(model, { throwIfNoEntry: false });
  const file = stat?.isDirectory() === true ? join(model, 'model.safetensors') : model;
  if (!existsSync(file))
    throw new RecipeError(`there is no ${file}: name saved weights, a .safetensors file`);
  const recipeFile = options.recipe ?? join(dirname(file), 'recipe.yaml');
  if (!existsSync(recipeFile)) {
    throw new RecipeError(`there is no ${recipeFile}: name the recipe whose data to use with --recipe`);
  }
  const recipe = readRecipe(recipeFile, overrides(options));
  const { accuracy, loss } = await evaluateWeights(recipe, file, options.on);
  process.stdout.write(`accuracy ${(100 * accuracy).toFixed(2)} %\nloss ${loss.toFixed(4)}\n`);
}
