/** `npm run fuzz:codec -- --frames 1000000`: in a thread of its own, so that a frame that hangs it is noticed. */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fuzzCodec, type FuzzResult } from './fuzz-codec.js';

/** No frame takes a thousandth of this. */
const HANGS_AFTER_MS = 60_000;
/** With array buffers, which the heap's limit does not count; some wait to be collected. */
const MEMORY_MIB = 256;

type Settings = Parameters<typeof fuzzCodec>[0];
type Word = { readonly done: number } | { readonly result: FuzzResult };

if (isMainThread) main();
else {
  const tell = (word: Word) => parentPort?.postMessage(word);
  const result = fuzzCodec(workerData as Settings, undefined, (done) => tell({ done }));
  tell({ result });
}

function main(): void {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
    },
  });
  const settings: Settings = { frames: +values.frames, seed: +values.seed, from: +values.from };
  const thread = new Worker(new URL(import.meta.url), {
    workerData: settings,
    // Half of it is the real messages that attacks are made from; where more is needed, the thread dies.
    resourceLimits: { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 },
  });
  const fail = (sentence: string) => {
    console.error(sentence);
    process.exit(1);
  };
  let reached = 0;
  const hangs = () => {
    fail(`no frame was finished for ${HANGS_AFTER_MS / 1000} s, after ${reached} (seed ${values.seed})`);
  };
  let watch = setTimeout(hangs, HANGS_AFTER_MS);
  thread.on('error', (error) => {
    fail(error.message);
  });
  thread.on('message', (word: Word) => {
    clearTimeout(watch);
    if ('done' in word) {
      reached = word.done;
      watch = setTimeout(hangs, HANGS_AFTER_MS);
      return;
    }
    const { result } = word;
    console.log(JSON.stringify({ ...settings, ...result }, undefined, 2));
    if (result.memory > MEMORY_MIB)
      fail(`${Math.round(result.memory)} MiB were taken; at most ${MEMORY_MIB} may be`);
  });
}
