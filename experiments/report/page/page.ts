/** One self-contained HTML page: header, contents, sections. It loads nothing, so it opens from a disk. */
import { html, verbatim, type Content } from './html.js';
import { pageScript } from './scripts/index.js';
import { style } from './style.js';

export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly body: Content;
}

export interface Page {
  readonly title: string;
  /** What kind of page it is, above the title. */
  readonly kicker: string;
  /** What follows the title. */
  readonly opening: Content;
  readonly sections: readonly Section[];
  readonly footer: Content;
}

export function pageHtml({ title, kicker, opening, sections, footer }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${verbatim(style)}
        </style>
      </head>
      <body>
        <header>
          <p class="kicker">${kicker}</p>
          <h1>${title}</h1>
          ${opening}
          <nav aria-label="Contents">
            <ul>
              ${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>${sections.map(sectionHtml)}</main>
        <footer>${footer}</footer>
        <script>
          ${verbatim(pageScript)};
        </script>
      </body>
    </html> `;
  return page.markup;
}

const sectionHtml = ({ id, heading, body }: Section) =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${body}
  </section>`;
