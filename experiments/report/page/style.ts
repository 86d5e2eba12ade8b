/** How the page looks: a journal's page, in the reader's own fonts, light, dark or on paper. */
import { declarations, themes } from '../charts/colours.js';
import { fontFamily } from '../charts/svg.js';

export const style = `
:root { color-scheme: light dark; ${declarations(themes.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${declarations(themes.dark)} } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif;
}
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 4.5rem; }
main { counter-reset: figure; }
footer { padding-top: 2rem; padding-bottom: 4rem; color: var(--faint); font-size: 0.875rem; }
p, .measure { max-width: 42rem; }
a { color: var(--blue); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 3px; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 2.25rem; margin: 0.25rem 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: 1.375rem; margin: 4rem 0 0.75rem; }
.kicker, nav, dt, th, td, caption, figcaption, summary, .save, pre, code { font-family: ${fontFamily}; }
.kicker { margin: 0; color: var(--faint); font-size: 0.8125rem; letter-spacing: 0.04em; }
.lead { font-size: 1.1875rem; }
.left-out { font-size: 0.9375rem; overflow-wrap: anywhere; }
nav { font-size: 0.875rem; margin-top: 2rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; padding: 0; }
dl.key {
  display: grid; grid-template-columns: repeat(4, 1fr); gap: 1.25rem 1.5rem;
  margin: 2.25rem 0; padding: 1.25rem 0; border-block: 1px solid var(--grid);
}
dt { color: var(--faint); font-size: 0.8125rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl.key dd { font-size: 1.375rem; line-height: 1.3; }
@media (max-width: 40rem) { dl.key { grid-template-columns: repeat(2, 1fr); } header { padding-top: 2rem; } }
dl.facts { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.4rem 1.5rem; font-size: 0.9375rem; }
dl.facts dt { padding-top: 0.1rem; }
@media (max-width: 30rem) { dl.facts { grid-template-columns: 1fr; gap: 0.1rem; } dl.facts dd { margin-bottom: 0.6rem; } }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(25rem, 100%), 1fr)); gap: 2.5rem 3rem; margin: 2rem 0; }
figure { margin: 0; min-width: 0; counter-increment: figure; }
figure.wide { grid-column: 1 / -1; }
.drawing, .scroll { overflow-x: auto; }
.drawing { position: relative; }
.drawing svg + svg { position: absolute; top: 0; left: 0; will-change: transform; }
.drawing svg { display: block; width: 100%; height: auto; }
figure:not(.wide) svg { max-width: 34rem; }
.wide svg { min-width: 40rem; }
.wide:has(.player) svg { min-width: 0; max-width: 42rem; }
figcaption { font-size: 0.875rem; line-height: 1.5; margin-top: 0.75rem; max-width: 42rem; }
figcaption::before { content: 'Figure ' counter(figure) '. '; font-weight: 600; }
.switch, .player { font: 0.875rem/1.4 ${fontFamily}; margin: 1rem 0; }
.switch[hidden] { display: none; }
.switch fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; align-items: baseline; }
.switch legend { float: left; padding: 0 0.5rem 0 0; color: var(--faint); }
.switch select { font: inherit; max-width: 100%; margin-left: 0.5rem; }
.switch label, .player label { cursor: pointer; }
input { accent-color: var(--blue); }
input[type='radio'], input[type='checkbox'] { margin: 0 0.4em 0 0; vertical-align: -0.1em; }
.player { display: flex; flex-wrap: wrap; gap: 0.35rem 0.75rem; align-items: center; max-width: 42rem; }
.player input[type='range'] { flex: 1 1 14rem; min-width: 0; margin: 0; }
.player output { flex: 1 0 100%; font-variant-numeric: tabular-nums; }
.under { display: flex; gap: 1.25rem; align-items: baseline; margin-top: 0.35rem; font-size: 0.8125rem; }
.under details { flex: 0 1 auto; min-width: 0; }
.under details[open] { flex: 1; }
.save { margin-left: auto; white-space: nowrap; }
summary { cursor: pointer; color: var(--blue); font-size: 0.8125rem; }
.scroll { max-height: 24rem; overflow-y: auto; margin-top: 0.5rem; }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
h3 { font-size: 1.0625rem; margin: 2.25rem 0 0.75rem; }
.results { overflow-x: auto; margin: 1.5rem 0; }
.results table { font-size: 0.875rem; }
.results thead th { white-space: normal; vertical-align: bottom; max-width: 8rem; }
.results .name { text-align: left; }
.results caption { max-width: 42rem; white-space: normal; }
caption { text-align: left; color: var(--faint); padding-bottom: 0.35rem; }
th, td { padding: 0.2rem 0.9rem 0.2rem 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
th { font-weight: 500; }
thead th { position: sticky; top: 0; background: var(--paper); border-bottom-color: var(--line); }
th:first-child { text-align: left; }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 0.875em; }
pre { background: var(--panel); padding: 1rem 1.25rem; overflow-x: auto; border-radius: 4px; font-size: 0.8125rem; line-height: 1.5; }
pre code { font-size: inherit; }
@media print {
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding: 0; }
  h2 { margin-top: 2rem; }
  h2, h3, section > p, .switch { break-after: avoid; }
  figure, dl.key, tr, p { break-inside: avoid; }
  nav, .save, details:not([open], .left-out), .player input, .player label { display: none; }
  .switch input, .switch label:has(input:not(:checked)) { display: none; }
  .switch select { appearance: none; border: 0; padding: 0; background: none; color: inherit; }
  .under details[open] > summary { display: none; }
  .player output::before { content: 'Round '; }
  .figures { grid-template-columns: 1fr 1fr; gap: 1.5rem; }
  .wide svg { min-width: 0; }
  .drawing, .scroll, .results { overflow: visible; max-height: none; }
  thead th { position: static; }
  .results table, .scroll table { font-size: 7pt; }
  .results :is(th, td), .scroll :is(th, td) { white-space: normal; padding: 1pt 5pt 1pt 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;
