/** Cutting the nodes into consecutive blocks. */

/** First node of each block, and the number of nodes at the end; sizes differ by at most one. */
export function evenBlocks(nodes: number, blocks: number): number[] {
  return Array.from({ length: blocks + 1 }, (_, block) => Math.floor((block * nodes) / blocks));
}
