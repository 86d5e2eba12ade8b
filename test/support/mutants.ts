/** Compiled modules of ours with a mistake in them, which a test has to find. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect } from 'chai';
import type { Coordinator, CoordinatorStart } from '../../server/index.js';

const mutants: URL[] = [];
/** Never begins again: a module is imported once for each name, and test files share a process. */
let number = 0;

const compiled = (path: string) => new URL(`../../${path}.js`, import.meta.url);

/** With single or double quotes: compilers differ. */
const quoted = (text: string) => [text, text.replaceAll("'", '"')];

/** A mistake in a compiled module of ours, beside the real one so that its imports are found. @returns its path */
function writeMutant(path: string, right: string, wrong: string): string {
  const source = readFileSync(compiled(path), 'utf8');
  const found = quoted(right).find((text) => source.includes(text)) ?? right;
  expect(source, `${path} has no longer what the mistake is made in`).to.include(found);
  const mutated = `${path}.mutant-${process.pid}-${number++}`;
  mutants.push(compiled(mutated));
  writeFileSync(compiled(mutated), source.replace(found, wrong));
  return mutated;
}

/** The last of these modules with a mistake in the first; each is imported by the next. */
export async function mutant(
  [first, ...importers]: readonly string[],
  right: string,
  wrong: string,
): Promise<Record<string, unknown>> {
  let [part, mutated] = [first, writeMutant(first, right, wrong)];
  for (const importer of importers) {
    const from = (module: string) => {
      const path = posix.relative(posix.dirname(importer), module);
      return `'${path.startsWith('.') ? '' : './'}${path}.js'`;
    };
    [part, mutated] = [importer, writeMutant(importer, from(part), from(mutated))];
  }
  return (await import(compiled(mutated).href)) as Record<string, unknown>;
}

/** A coordinator with a mistake in the first of these modules of it. */
export async function coordinatorWith(path: readonly string[], right: string, wrong: string) {
  const { Coordinator: Mutant } = await mutant([...path, 'server/coordinator'], right, wrong);
  return (start: CoordinatorStart) => new (Mutant as typeof Coordinator)(start);
}

/** To be called after the tests that made some. */
export function removeMutants(): void {
  for (const file of mutants.splice(0)) rmSync(file, { force: true });
}
