/**
 * Makes buffers of the size of a model cheap to take. The GNU C library maps memory of its own for each large buffer, and
 * gives it back when the buffer goes; every page of the next one is then a fault, which costs five times as much as
 * the copy that fills it. It keeps such memory once a buffer of up to 32 MiB has come and gone (mallopt(3),
 * "M_MMAP_THRESHOLD" is dynamic). So one comes and goes here, which nobody writes to.
 */

/** Just below the most that the C library learns from, with what it adds itself. */
const BYTES = 2 ** 25 - 2 ** 13;

/** Once for a process, at its start. Elsewhere than on Linux with glibc it does nothing. */
export function keepLargeBuffers(): void {
  const buffer = new ArrayBuffer(BYTES);
  // A transfer leaves nothing behind that something could hold on to.
  structuredClone(buffer, { transfer: [buffer] });
}
