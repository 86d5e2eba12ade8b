/** The report of several runs: one self-contained page. */
import type { Comparison } from '../../analysis/compare.js';
import { choicesTable } from '../../tables/choices.js';
import { differencesTable } from '../../tables/differences.js';
import { resultsTable } from '../../tables/results.js';
import { html } from '../page/html.js';
import { pageHtml, type Section } from '../page/page.js';
import { curvesSection } from './curves.js';
import { gridsSection } from './grids.js';
import { comparisonOpening, type LeftOut } from './opening.js';
import { partitionsSection, topologiesSection } from './pictures.js';
import { populationsSection } from './populations.js';
import { resultsHtml } from './table-html.js';
import { trendsSection } from './trends.js';

export interface ReportedComparison {
  readonly name: string;
  readonly comparison: Comparison;
  readonly leftOut: readonly LeftOut[];
}

/** The same runs give the same bytes. */
export function renderComparison({ name, comparison, leftOut }: ReportedComparison): string {
  const sections = [
    resultsSection(comparison),
    curvesSection(comparison),
    gridsSection(comparison),
    trendsSection(comparison),
    differencesSection(comparison),
    choicesSection(comparison),
    populationsSection(comparison),
    topologiesSection(comparison),
    partitionsSection(comparison),
  ];
  return pageHtml({
    title: name,
    kicker: 'Murmuration · report of several runs',
    opening: comparisonOpening(comparison, leftOut),
    sections: sections.filter((section) => section !== undefined),
    footer: html`<p>Every number is in the directories of the runs, in full.</p>`,
  });
}

const resultsSection = (comparison: Comparison): Section => ({
  id: 'results',
  heading: 'Results',
  body: resultsHtml(resultsTable(comparison)),
});

function differencesSection(comparison: Comparison): Section | undefined {
  const table = differencesTable(comparison);
  return table && { id: 'differences', heading: 'Differences', body: resultsHtml(table) };
}

function choicesSection(comparison: Comparison): Section | undefined {
  const table = choicesTable(comparison);
  return table && { id: 'choices', heading: 'Settings that were chosen', body: resultsHtml(table) };
}
