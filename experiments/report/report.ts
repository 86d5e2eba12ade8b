/** The report of one run: `report.html`, from what its directory holds. */
import type { RunEvent, RunRecord } from '../../records/index.js';
import { html } from './page/html.js';
import { pageHtml } from './page/page.js';
import { clientsSection } from './sections/clients.js';
import { roundsSection } from './sections/rounds.js';
import { learningSection } from './sections/learning.js';
import { openingHtml } from './sections/opening.js';
import { partitionSection } from './sections/partition.js';
import { populationSection } from './sections/population.js';
import { progressOf } from '../analysis/progress.js';
import { topologySection } from './sections/topology.js';
import { recipeSection, repeatSection } from './sections/repeat.js';

/** What a run's directory holds: `run.json`, `metrics.jsonl` and the resolved `recipe.yaml`. */
export interface ReportedRun {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly recipe: string;
}

/** A self-contained page: it needs no network, and the same run gives the same bytes. */
export function renderReport({ record, events, recipe }: ReportedRun): string {
  const progress = progressOf(events);
  const sections = [
    learningSection(progress),
    clientsSection(progress),
    populationSection(progress),
    topologySection(record, progress),
    partitionSection(record),
    roundsSection(progress),
    recipeSection(recipe),
    repeatSection(record),
  ];
  return pageHtml({
    title: record.name,
    kicker: 'Murmuration · report of a run',
    opening: openingHtml(record, progress.populations.length > 0),
    sections: sections.filter((section) => section !== undefined),
    footer: html`<p>
      Written by Murmuration ${record.versions.murmur} from <code>run.json</code>,
      <code>metrics.jsonl</code> and <code>recipe.yaml</code> beside this page, which hold every number in
      full.
    </p>`,
  });
}
