/** The page's only script: gives each "Save SVG" link its chart, in the light colours that print well. */
import { themes } from '../charts/colours.js';

export const saveScript = `
const colours = ${JSON.stringify(themes.light)};
for (const link of document.querySelectorAll('a.save')) {
  const svg = new XMLSerializer().serializeToString(link.closest('figure').querySelector('svg'));
  const drawn = svg.replace(/var\\(--([a-z0-9-]+)\\)/g, (variable, name) => colours[name] ?? variable);
  link.href = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(drawn);
  link.hidden = false;
}
`;
