/**
 * From an ECharts option to an SVG that can stand in a page: drawn without a browser, named for readers who do
 * not see it, the same bytes each time.
 */
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from '../page/html.js';

use([
  ...[BarChart, CustomChart, LineChart],
  ...[GraphicComponent, GridComponent, LegendComponent, MarkLineComponent, LabelLayout, SVGRenderer],
]);

/** What every chart has. */
export interface Picture {
  /** What the chart shows, in a few words: its accessible name. */
  readonly title: string;
  /** What there is to see, in a sentence. */
  readonly description: string;
  /** Of the drawing, in its own units; a page may scale it. */
  readonly width?: number;
  readonly height?: number;
}

export const defaultSize = { width: 460, height: 300 };

/** Sans-serif, since the labels are small; measured by ECharts' own table of widths. */
export const fontFamily = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Draws without animation, hover styles or handlers; colours of the option are CSS variables. */
export function drawSvg(picture: Picture, option: EChartsCoreOption): string {
  const { width, height } = { ...defaultSize, ...picture };
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    const drawn = chart.renderToSVGString();
    const body = drawn.slice(drawn.indexOf('>') + 1, drawn.lastIndexOf('</svg>'));
    const title = escapeHtml(picture.title);
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"` +
      ` font-family="${fontFamily}">` +
      `<title>${title}</title><desc>${escapeHtml(picture.description)}</desc>${joinPaths(tidy(body))}</svg>`
    );
  } finally {
    chart.dispose();
  }
}

/**
 * Leaves out what only a live chart needs: hover styles, handlers, and clips, which never cut since the axes span
 * the data (class and clip names also count up from one rendering to the next); boxes without colour; the black
 * inside of a legend's line.
 */
function tidy(body: string): string {
  return body
    .replace(/<style\b[\s\S]*?<\/style>/g, '')
    .replace(/<defs\b[\s\S]*?<\/defs>/g, '')
    .replace(/ (?:class|clip-path|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/ style="font-size:(\d+)px;font-family:inherit;"/g, ' font-size="$1"')
    .replace(/<(path|rect|circle|polygon)([^>]*)><\/\1>/g, '<$1$2/>')
    .replace(/<(?:rect|path) (?=[^>]*fill="none")(?![^>]*stroke=)[^>]*\/>/g, '')
    .replace(/<path [^>]*fill-opacity="0"[^>]*\/>/g, '')
    .replace(/ fill="#000"/g, ' fill="none"')
    .replace(/<\/?g>/g, '')
    .replace(/\n+/g, '\n')
    .trim();
}

/** Neighbouring paths that differ in nothing but their course become one: cells of a map, edges, grid lines. */
function joinPaths(body: string): string {
  const joined: string[] = [];
  let last = { style: '', course: '' };
  const flush = () => {
    if (last.course !== '') joined.push(`<path d="${last.course}"${last.style}/>`);
    last = { style: '', course: '' };
  };
  for (const line of body.split('\n')) {
    const path = /^<path d="([^"]*)"([^>]*)\/>$/.exec(line);
    if (path === null) {
      flush();
      joined.push(line);
    } else if (path[2] === last.style) {
      last.course += path[1];
    } else {
      flush();
      last = { style: path[2], course: path[1] };
    }
  }
  flush();
  return joined.join('\n');
}
