/** How much garbage a process that sends models lets be before it looks for it. */
import { setFlagsFromString } from 'node:v8';

/** The heap may grow by so much, in percent of what was alive, before all of it is looked through. */
const GROWTH = 500;

/**
 * Every message with a model leaves buffers that die at once. V8 counts their bytes against a small heap, and would mark
 * all of it, in its own threads too, some fifty times in a hundred rounds of ten models of 0.8 MB; those buffers go with
 * the cheap collections of young objects just as well.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
