/** A YAML text whose values know the line that they stand on. */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { RecipeError } from './errors.js';

export type Path = readonly PropertyKey[];

export class YamlSource {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  /** @throws RecipeError where the text is no YAML */
  constructor(
    text: string,
    readonly file: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    const { errors } = this.#document;
    if (errors.length > 0)
      throw new RecipeError(errors.map(({ message }) => `${file}: ${message}`).join('\n'));
  }

  /** The whole as plain values; a new copy with each call. */
  value(): unknown {
    return this.#document.toJS();
  }

  /** `recipe.yaml:4: data.partition.alpha: `, with the line of the innermost thing on the path that is there. */
  place(path: Path, field: string = path.map(String).join('.')): string {
    const named = field === '' ? '' : `${field}: `;
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        return `${this.file}:${this.#lines.linePos(node.range[0]).line}: ${named}`;
      }
    }
    return `${this.file}: ${named}`;
  }
}
