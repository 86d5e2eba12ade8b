/** The topologies and partitions that the settings had: one drawing for each that differs, of the first seed's run. */
import type { Axis } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';
import type { AnalysedRun } from '../../analysis/run.js';
import { figuresHtml } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, figure } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { switchHtml } from '../page/switch.js';
import { labelsByClient } from '../sections/partition.js';
import { gapFigure, topologyFigure } from '../sections/topology.js';
import { groupName } from './panels.js';

/** Settings above this many are left out, as the page would grow too large. */
const mostPictures = 48;

/** Nothing where no run had a graph that is small enough to draw. */
export function topologiesSection({ groups, axes }: Comparison): Section | undefined {
  const views = groups.flatMap((group, i) => {
    const [{ record, progress, seed }] = group.runs;
    if (record.topology === undefined) return [];
    return [
      {
        key: String(i),
        label: groupName(group, axes),
        content: html`<p>Seed ${seed}; spectral gap ${gapFigure(record.topology)}.</p>
          ${figuresHtml([topologyFigure(`graph-${i + 1}`, record.topology, progress)])}`,
      },
    ];
  });
  if (views.length === 0) return undefined;
  return {
    id: 'topologies',
    heading: 'Topologies',
    body: html`${leftOut(views.length)}${switchHtml('topology', 'Setting', views.slice(0, mostPictures))}`,
  };
}

/** Nothing where no run lists its clients' labels. */
export function partitionsSection({ groups, axes }: Comparison): Section | undefined {
  const firsts = groups.map((group) => ({ group, run: group.runs[0] }));
  const distinct = firsts.filter(
    ({ run }, i) =>
      run.record.labelCounts !== undefined && firsts.findIndex((other) => sameLabels(other.run, run)) === i,
  );
  if (distinct.length === 0) return undefined;
  const ofData = axes.some(isOfData) ? axes.filter(isOfData) : axes;
  const views = distinct.map(({ group, run: { record, seed } }, i) => ({
    key: String(i),
    label: groupName(group, axes, ofData),
    content: html`<p>
        Seed ${seed}: mean divergence between two clients’ labels ${figure(record.skew?.divergence ?? NaN)}
        bits, ${figure(record.skew?.effectiveClasses.mean ?? NaN)} effective classes a client.
      </p>
      ${figuresHtml([labelsByClient(`labels-${i + 1}`, record.labelCounts ?? [])])}`,
  }));
  return {
    id: 'partitions',
    heading: 'Data of the clients',
    body: html`<p>Each partition once, under the first setting that has it.</p>
      ${leftOut(views.length)}${switchHtml('partition', 'Setting', views.slice(0, mostPictures))}`,
  };
}

const isOfData = ({ name }: Axis) => name === 'series' || name.startsWith('data.');

const leftOut = (pictures: number) =>
  pictures > mostPictures
    ? html`<p>The first ${mostPictures} of ${count(pictures)} are drawn.</p>`
    : undefined;

const sameLabels = (a: AnalysedRun, b: AnalysedRun) =>
  JSON.stringify(a.record.labelCounts) === JSON.stringify(b.record.labelCounts);
