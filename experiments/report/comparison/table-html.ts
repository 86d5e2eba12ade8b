/** A table of the comparison on the page. */
import { inWords, shownColumns, type Table } from '../../tables/table.js';
import { html, type Html } from '../page/html.js';

export function resultsHtml(table: Table): Html {
  const { head, rows } = inWords(table);
  const isName = shownColumns(table).map((column) => 'names' in column);
  return html`<div class="results" tabindex="0" role="region" aria-label="Table">
    <table>
      <caption>
        ${table.caption}
      </caption>
      <thead>
        <tr>
          ${head.map((label, i) => html`<th scope="col" ${isName[i] ? html`class="name"` : undefined}>${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell, i) => html`<td ${isName[i + 1] ? html`class="name"` : undefined}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
