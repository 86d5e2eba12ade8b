/** What is wrong with a recipe, as sentences that name file, line and field. */
import { isNode, type Document, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { issuePath } from '../registry/index.js';

export class RecipeError extends Error {
  override name = 'RecipeError';
}

/** Where the text of a recipe came from, so that a complaint can point to it. */
export interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** Dotted fields that were set on the command line instead. */
  readonly overridden: ReadonlySet<string>;
}

/** One line for each issue: `recipe.yaml:4: data.partition.alpha: …`. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], source: Source): string {
  return issues.map((issue) => `${place(issuePath(issue), source)}${issue.message}`).join('\n');
}

function place(path: readonly PropertyKey[], { file, document, lines, overridden }: Source): string {
  const field = path.map(String).join('.');
  if ([...overridden].some((set) => field === set || field.startsWith(`${set}.`))) return `--set ${field}: `;
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line } = lines.linePos(node.range[0]);
      return `${file}:${line}: ${field === '' ? '' : `${field}: `}`;
    }
  }
  return `${file}: ${field === '' ? '' : `${field}: `}`;
}
