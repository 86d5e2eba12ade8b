import { expect } from 'chai';
import { renderReport, type ReportedRun } from '../../experiments/index.js';
import type { RunEvent } from '../../records/index.js';
import { federated, gossip } from './made-up-runs.js';
import { textOf, unbalanced } from './markup.js';

describe('the report of a run', () => {
  const runs: Record<string, ReportedRun> = { federated, gossip };
  const pages = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, renderReport(run)]));

  for (const [name, page] of Object.entries(pages)) {
    describe(name, () => {
      it('is the same bytes each time', () => {
        expect(renderReport(runs[name])).to.equal(page);
      });

      it('is well formed, and every id is there once', () => {
        expect(page).to.match(/^<!doctype html>/);
        expect(unbalanced(page)).to.equal(undefined);
        const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
        expect(ids).to.have.lengthOf(new Set(ids).size);
        for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).to.include(target);
      });

      it('loads nothing', () => {
        const loads = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
        expect(loads).not.to.match(/https?:|url\(|@import|<script [^>]*src|<img/);
      });

      it('stays small', () => {
        expect(Buffer.byteLength(page)).to.be.below(400_000);
      });

      it('names each chart and gives its numbers', () => {
        const figures = page.match(/<figure[\s\S]*?<\/figure>/g) ?? [];
        expect(figures).to.have.lengthOf.above(5);
        for (const figure of figures) {
          expect(figure).to.match(/<svg[^>]* role="img" aria-label="[^"]+"/);
          expect(figure).to.match(/<title>[^<]+<\/title><desc>[^<]+<\/desc>/);
          expect(figure).to.match(/<details>[\s\S]*<tbody>\s*<tr>\s*<th scope="row">/);
        }
      });

      it('says the outcome, the skew, the recipe and how to repeat it', () => {
        const text = textOf(page);
        expect(text).to.include('97.12 % of the test set');
        expect(text).to.include('0.09123');
        expect(text).to.include('199,210');
        expect(text).to.include('1 min 23 s');
        expect(text).to.include('3.456 in the mean over clients, from 1 to 7.25 (of 10)');
        expect(text).to.include('0.4321 bits');
        expect(text).to.include('differ strongly');
        expect(text).to.include('between 12 and 1,876 training examples');
        expect(text).to.include('partition: { kind: dirichlet, alpha: 0.3 }');
        expect(text).to.include('murmur simulate recipe.yaml');
        expect(page).to.include(`title="SHA-256 ${'3f1c'.repeat(16)}"`);
      });
    });
  }

  it('adds up the bytes of the rounds', () => {
    // 20 × 2 × 7,968,400 bytes
    expect(textOf(pages.federated)).to.include('as the codec encodes them. At the end it is 319 MB.');
    expect(textOf(pages.federated)).to.include('199 answers counted in 20 rounds; 1 was missing');
  });

  it('shows the population of a gossip run', () => {
    const text = textOf(pages.gossip);
    expect(text).to.include(
      'After 20 rounds with 32 clients, a node’s own model, in the mean over the nodes, classifies',
    );
    expect(text).to.include('510 MB were sent');
    // 12 × 0.75²⁰ + 0.02 and 0.6 × 0.75²⁰ + 0.001
    expect(text).to.include('At the end it is 0.05805, 0.29 % of the mean model’s norm');
    for (const tensor of ['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'])
      expect(text).to.include(tensor);
    expect(pages.federated).not.to.include('Population of models');
  });

  it('escapes what a recipe can name', () => {
    const hostile = '</code><script>alert("1")</script>';
    const page = renderReport({
      recipe: hostile,
      record: {
        ...federated.record,
        name: hostile,
        checksums: { [hostile]: hostile },
        engine: { kind: hostile, kernelHash: hostile },
        versions: { murmur: hostile, node: hostile },
      },
      events: [
        {
          type: 'round',
          round: 1,
          loss: 1,
          answered: 1,
          missing: [],
          localSteps: 1,
          bytesDown: 1,
          bytesUp: 1,
          report: { [hostile]: 2 },
        },
      ],
    });
    expect(page.match(/<script/g)).to.have.lengthOf(1);
    expect(page).not.to.include('alert("');
    expect(unbalanced(page)).to.equal(undefined);
    expect(textOf(page)).to.include(hostile);
  });

  it('shows a run without metrics and without label counts', () => {
    const { labelCounts, ...record } = federated.record;
    expect(labelCounts).to.have.lengthOf(100);
    const page = renderReport({ record: { ...record, clients: 5000 }, events: [], recipe: '' });
    expect(unbalanced(page)).to.equal(undefined);
    expect(textOf(page)).to.include('recorded no evaluations');
    expect(textOf(page)).to.include('this run has 5,000');
    expect(page).not.to.include('<figure');
  });

  it('shows a run that diverged', () => {
    // NaN is written to metrics.jsonl as null
    const events: RunEvent[] = [1, 2, 3].map((round) => ({
      type: 'evaluation',
      round,
      on: 'test',
      accuracy: 0.1,
      loss: round < 3 ? round : NaN,
    }));
    const page = renderReport({ ...federated, record: { ...federated.record, loss: NaN }, events });
    expect(page.replace(/<script>[\s\S]*?<\/script>/, '')).not.to.include('NaN');
    expect(textOf(page)).to.include('at a loss of –');
  });

  it('draws at most 100 clients, and says so', () => {
    const labelCounts = Array.from({ length: 1000 }, (_, client) => [client + 1, 3]);
    const page = renderReport({ ...federated, record: { ...federated.record, clients: 1000, labelCounts } });
    expect(textOf(page)).to.include('100 of the 1,000 clients are shown, evenly spaced');
    const figure = /<figure id="labels-by-client"[\s\S]*?<\/figure>/.exec(page)?.[0] ?? '';
    const rows = [...figure.matchAll(/<th scope="row">(\d+)/g)].map(([, client]) => Number(client));
    expect(rows).to.have.lengthOf(100);
    expect(rows[0]).to.equal(0);
    expect(rows[99]).to.equal(999);
  });

  it('stays small for long runs of many clients', () => {
    const counts = Array.from({ length: 1000 }, (_, client) =>
      Array.from({ length: 62 }, (_, label) => ((client + 7) * (label + 3)) % 23),
    );
    const events: RunEvent[] = Array.from({ length: 2000 }, (_, i) => ({
      type: 'evaluation',
      round: i,
      on: 'test',
      accuracy: 1 - 1 / (i + 2),
      loss: 1 / (i + 1),
    }));
    const page = renderReport({ ...federated, record: { ...federated.record, labelCounts: counts }, events });
    expect(Buffer.byteLength(page)).to.be.below(600_000);
    expect(textOf(page)).to.include('200 of 2,000 rows');
  });
});
