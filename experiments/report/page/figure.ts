/** A figure of the page: a chart, what it shows in words, its numbers as a table, a link that saves it. */
import { html, verbatim, type Content, type Html } from './html.js';
import { tableHtml, type Table } from './table.js';

export interface Figure {
  /** Unique on the page; also the saved file's name. */
  readonly id: string;
  /** From one of the charts. */
  readonly svg: string;
  readonly caption: Content;
  readonly table: Table;
  /** What moves the drawing, under it. */
  readonly controls?: Html;
  /** Whether it takes the page's whole width. */
  readonly wide?: boolean;
}

export function figureHtml({ id, svg, caption, table, controls, wide = false }: Figure): Html {
  return html`<figure id="${id}" ${wide ? html`class="wide"` : undefined}>
    <div class="drawing" ${wide ? html`tabindex="0"` : undefined}>${verbatim(svg)}</div>
    ${controls}
    <figcaption>${caption}</figcaption>
    <div class="under">
      <details>
        <summary>Numbers</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of numbers">${tableHtml(table)}</div>
      </details>
      <a class="save" download="${id}.svg" hidden>Save SVG</a>
    </div>
  </figure>`;
}

/** Figures beside each other where the page is wide enough. */
export const figuresHtml = (figures: readonly Figure[]): Html =>
  html`<div class="figures">${figures.map(figureHtml)}</div>`;
