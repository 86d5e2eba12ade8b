/**
 * HTML as a value: a template tag that escapes whatever is put into it, unless it is HTML already. So a name
 * from a recipe can never become markup.
 */

/** Markup, ready to be written. */
export interface Html {
  readonly markup: string;
}

/** What a template takes: text and numbers (escaped), markup (as it is), nothing, or a list of these. */
export type Content = string | number | Html | undefined | readonly Content[];

/** Text as it must stand in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** html`<p>${text}</p>` */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return { markup: strings.map((string, i) => (i === 0 ? '' : markupOf(contents[i - 1])) + string).join('') };
}

/** Text that is markup already: an SVG, a style sheet. */
export const verbatim = (markup: string): Html => ({ markup });

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(markupOf).join('');
}
