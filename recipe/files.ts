/** The content of the files that a recipe names: it decides the run as much as the recipe does. */
import { existsSync, readFileSync } from 'node:fs';
import { sha256 } from '../numerics/index.js';
import { RecipeError } from './errors.js';
import { namedFiles } from './named-files.js';
import type { Recipe } from './recipe.js';

/** What the files hold that a recipe names, by their paths, in memory that threads share. */
export type RecipeFiles = Readonly<Record<string, Uint8Array<SharedArrayBuffer>>>;

/**
 * Reads the files that a recipe names; one that is not there is left out, and whatever reads it says so.
 * @throws RecipeError where one cannot be read
 */
export function readRecipeFiles(recipe: Recipe): RecipeFiles {
  const there = namedFiles(recipe).filter(([, path]) => existsSync(path));
  return Object.fromEntries(there.map(([field, path]) => [path, contentOf(field, path)]));
}

/** SHA-256 of each file that a recipe names and that is there, by the field that names it. */
export const fileChecksums = (recipe: Recipe, files = readRecipeFiles(recipe)): Record<string, string> =>
  Object.fromEntries(
    namedFiles(recipe).flatMap(([field, path]) =>
      Object.hasOwn(files, path) ? [[field, sha256(files[path])]] : [],
    ),
  );

/** What entries of the registries read files by. */
export const readerOf = (files: RecipeFiles) => (path: string) => {
  if (Object.hasOwn(files, path)) return files[path];
  throw new Error('there is no such file');
};

export function sharedBytes(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function contentOf(field: string, path: string): Uint8Array<SharedArrayBuffer> {
  try {
    return sharedBytes(readFileSync(path));
  } catch (error) {
    throw new RecipeError(`${field}: ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
