/** A table of numbers: the first column names the row. Long tables are thinned, and say so. */
import { evenlySpaced } from './evenly-spaced.js';
import { html, type Html } from './html.js';
import { count } from './numbers.js';

export interface Table {
  readonly columns: readonly string[];
  /** Cells as they are written, in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
}

const mostRows = 200;

export function tableHtml({ columns, rows }: Table): Html {
  const shown = evenlySpaced(rows.length, mostRows).map((index) => rows[index]);
  const thinned = shown.length < rows.length;
  return html`<table>
    ${
      thinned
        ? html`<caption>
            ${count(shown.length)} of ${count(rows.length)} rows, evenly spaced
          </caption>`
        : undefined
    }
    <thead>
      <tr>
        ${columns.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${shown.map(rowHtml)}
    </tbody>
  </table>`;
}

const rowHtml = ([name, ...cells]: readonly string[]) =>
  html`<tr>
    <th scope="row">${name}</th>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
