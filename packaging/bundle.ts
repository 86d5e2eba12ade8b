/**
 * Brings the program, the library and what they start in threads and processes into a few files, with the packages that
 * they use. Else Node.js would look for some 500 modules one by one at every start, which takes three times as long.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { wasmEngine } from '../learning/index.js';

/** What is started or imported by its file; all come to lie side by side, as `./thread.js` beside who starts it. */
const entryPoints = [
  'cli/main.ts',
  'index.ts',
  'execution/host/thread.ts',
  'experiments/sweep/run-process.ts',
  'experiments/sweep/probe-process.ts',
];

/**
 * Packages that few commands need and those that a user may do without. Not ECharts: its 470 modules are opened at once, which
 * exceeds a limit of 256 open files.
 */
const external = ['bullmq', 'ioredis', '@tensorflow/*'];

rmSync('bundle', { recursive: true, force: true });
await build({
  entryPoints,
  external,
  outdir: 'bundle',
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { BUNDLED_KERNEL_HASH: JSON.stringify(wasmEngine().kernelHash) },
  // For packages that are no ES modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
