/** Frames a second of a run's report in Chromium while its slider moves: 1,000 nodes that all change their colour. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport, type ReportedRun } from '../experiments/index.js';
import { quantile, range, stream } from '../numerics/index.js';
import type { RunEvent } from '../records/index.js';
import { forEachEdge, layout, topologies } from '../topologies/index.js';
import { gossip } from '../test/experiments/made-up-runs.js';
import { chromiumPath, hasChromium, openBrowser, openFile } from '../test/support/browser.js';
import { printTable, say, type Part } from './part.js';

const seconds = 3;
const rounds = 60;

export const report: Part = {
  name: 'report',
  summary: "frames a second of a report's topology in Chromium while the slider moves (aim: 30)",
  async run({ turns }) {
    if (!hasChromium()) {
      say(`  left out: there is no ${chromiumPath}\n`);
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'murmuration-bench-'));
    const browser = await openBrowser();
    try {
      const rows: string[][] = [];
      for (const nodes of [100, 1000]) {
        const file = join(folder, `${nodes}.html`);
        writeFileSync(file, renderReport(gossipRun(nodes)));
        const { page } = await openFile(browser, file);
        await page.locator('#graph').scrollIntoViewIfNeeded();
        const gaps: number[] = [];
        for (let turn = 0; turn < turns; turn++) gaps.push(...(await page.evaluate(moveSlider, seconds)));
        rows.push([
          `${nodes} nodes, ${4 * nodes} edges`,
          ((1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)).toFixed(1),
          quantile(gaps, 0.95).toFixed(0),
        ]);
        await page.close();
      }
      printTable(['', 'frames/s', 'ms, 95 % of frames'], rows);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** In the page: moves the slider at every frame. @returns the milliseconds between frames */
function moveSlider(seconds: number): Promise<number[]> {
  const slider = document.querySelector<HTMLInputElement>('#graph-round');
  if (slider === null) throw new Error('the page has no slider');
  return new Promise((resolve) => {
    const gaps: number[] = [];
    let started: number | undefined;
    let last = 0;
    const frame = (now: number) => {
      if (started === undefined) started = now;
      else gaps.push(now - last);
      last = now;
      if (now - started >= 1000 * seconds) {
        resolve(gaps);
        return;
      }
      slider.value = String((Number(slider.value) + 1) % (Number(slider.max) + 1));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** A run on a random regular graph of degree 8, whose nodes are all tested in every round. */
function gossipRun(nodes: number): ReportedRun {
  const context = { seed: 1, nodes, readFile: () => '' };
  const topology = topologies.create({ kind: 'regular', degree: 8 }, context);
  const places = layout(topology, 1);
  const edges: [number, number][] = [];
  forEachEdge(topology.at(0), (from, to) => {
    if (from < to) edges.push([from, to]);
  });
  const everyone = [...range(nodes)];
  const events = everyone.slice(0, rounds).map((round): RunEvent => {
    const draw = stream(1, 'accuracies', round);
    return {
      type: 'population',
      round,
      consensusDistance: 1,
      relativeConsensusDistance: 1,
      varianceRatio: {},
      nodes: { tested: nodes, mean: 0.5, deviation: 0.3, worst: 0, best: 1, loss: 1 },
      tested: everyone,
      accuracies: everyone.map(draw),
      bytesSent: round,
      localSteps: 0,
      virtualTime: round,
    };
  });
  return {
    ...gossip,
    record: {
      ...gossip.record,
      topology: {
        kind: 'regular',
        spectralGap: 0.3,
        positions: everyone.map((node) => [places[2 * node], places[2 * node + 1]]),
        edges,
      },
    },
    events,
  };
}
