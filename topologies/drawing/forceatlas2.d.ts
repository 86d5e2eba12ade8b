/** The layout's own types call it an ES module's default export; it is a CommonJS function. */
declare module 'graphology-layout-forceatlas2' {
  import type { AbstractGraph } from 'graphology-types';

  function forceAtlas2(
    graph: AbstractGraph,
    options: {
      iterations: number;
      settings: Readonly<Record<string, number | boolean>>;
      getEdgeWeight: null;
    },
  ): Record<string, { x: number; y: number }>;
  export = forceAtlas2;
}
