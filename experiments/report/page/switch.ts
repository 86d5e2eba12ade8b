/** One of several views, chosen by radio buttons, or from a list where they are many. */
import { html, type Html } from './html.js';

export interface View {
  readonly key: string;
  readonly label: string;
  readonly content: Html;
}

/** Above this many a list is clearer than buttons. */
const mostButtons = 5;

/** @param id unique on the page @param legend what is chosen: "Across", "Topology" */
export function switchHtml(id: string, legend: string, views: readonly View[]): Html {
  if (views.length < 2) return html`${views.map(({ content }) => content)}`;
  return html`<div class="switch" data-switch="${id}" hidden>
      ${views.length > mostButtons ? list(legend, views) : buttons(id, legend, views)}
    </div>
    ${views.map(
      ({ key, content }, i) =>
        html`<div data-view="${id}" data-key="${key}" ${i > 0 ? html`hidden` : undefined}>${content}</div>`,
    )}`;
}

const buttons = (id: string, legend: string, views: readonly View[]) =>
  html`<fieldset>
    <legend>${legend}</legend>
    ${views.map(
      ({ key, label }, i) =>
        html`<label
          ><input
            type="radio"
            name="${id}"
            value="${key}"
            ${i === 0 ? html`checked` : undefined}
          />${label}</label
        >`,
    )}
  </fieldset>`;

const list = (legend: string, views: readonly View[]) =>
  html`<label
    >${legend}
    <select>
      ${views.map(({ key, label }) => html`<option value="${key}">${label}</option>`)}
    </select></label
  >`;
