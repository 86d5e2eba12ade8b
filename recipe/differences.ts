/** What two sides of a run do not have alike, or what has changed between two starts of one: sentences that name it. */
import { bitChanges } from './bits.js';

/** SHA-256 by a file's name, and where these are: "here", "at the worker". */
export interface Side {
  readonly at: string;
  readonly checksums: Readonly<Record<string, string>>;
}

/** The first file that the sides do not have alike, with both SHA-256; undefined where all are equal. */
export function differingFile(one: Side, other: Side): string | undefined {
  const sumOf = ({ checksums }: Side, name: string) =>
    Object.hasOwn(checksums, name) ? checksums[name] : undefined;
  for (const name of [...Object.keys(one.checksums), ...Object.keys(other.checksums)]) {
    const [a, b] = [sumOf(one, name), sumOf(other, name)];
    if (a === b) continue;
    if (a === undefined) return `${name} is there ${other.at} only, with the SHA-256 ${b}`;
    if (b === undefined) return `${name} is there ${one.at} only, with the SHA-256 ${a}`;
    return `the SHA-256 of ${name} is ${a} ${one.at}, and ${b} ${other.at}`;
  }
  return undefined;
}

/** In which changes the version of a recipe's bits differs; undefined where it does not. */
export function differingBits(
  one: { readonly at: string; readonly bits: readonly string[] },
  other: { readonly at: string; readonly bits: readonly string[] },
): string | undefined {
  const only = (a: readonly string[], b: readonly string[]) => a.filter((id) => !b.includes(id));
  const said = [
    ...only(one.bits, other.bits).map((id) => `${id} counts ${one.at} only${meaningOf(id)}`),
    ...only(other.bits, one.bits).map((id) => `${id} counts ${other.at} only${meaningOf(id)}`),
  ];
  return said.length === 0 ? undefined : `the recipe ends in other bits: ${said.join('; ')}`;
}

function meaningOf(id: string): string {
  const change = bitChanges.find((each) => each.id === id);
  return change === undefined ? '' : ` (${change.what.replace(/\.$/, '')})`;
}
