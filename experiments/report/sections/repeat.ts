/** What ran, exactly, and how to run it again. */
import type { RunRecord } from '../../../records/index.js';
import { html } from '../page/html.js';
import { count, duration } from '../page/numbers.js';
import type { Section } from '../page/page.js';

export function recipeSection(recipe: string): Section {
  return {
    id: 'recipe',
    heading: 'Recipe',
    body: html`<p>The recipe with every default filled in.</p>
      <pre tabindex="0"><code>${recipe}</code></pre>`,
  };
}

export function repeatSection(record: RunRecord): Section {
  const { versions, engine, checksums } = record;
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Weights (SHA-256)', record.weightsSha256],
    ['Recipe (hash)', record.recipeHash],
    ['Seed', String(record.seed)],
    ['Murmuration', versions.murmur],
    ['Node', versions.node],
    ['Engine', `${engine.kind}, kernels ${engine.kernelHash}`],
    ...Object.entries(checksums).map(([file, sum]) => [`Data: ${file}`, sum] as const),
    ['Threads', count(record.threads)],
    ['Wall time', duration(record.wallSeconds)],
    ['Peak memory', `${count(Math.round(record.peakMemoryMiB))}\u00a0MiB`],
  ];
  return {
    id: 'repeat',
    heading: 'To repeat this run',
    body: html`<p>In the directory of this report, with version ${versions.murmur}:</p>
      <pre tabindex="0"><code>murmur simulate recipe.yaml --out ../again</code></pre>
      <p>
        ${
          engine.kind === 'wasm'
            ? 'On any machine and with any number of threads the weights come out the same, bit for bit: '
            : `The engine ${engine.kind} may round differently on another machine; on this one `
        }
        the new <code>run.json</code> should hold the same <code>weightsSha256</code>.
      </p>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>`,
  };
}
