/** A random graph in which every node has the same number of neighbours. */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import { ATTEMPTS, firstGraph } from '../sampling.js';
import { defineTopology, refusal, staticTopology } from '../topology.js';
import { checkRegular, randomCycle, randomRegular } from './random-regular.js';

export const regular = defineTopology({
  kind: 'regular',
  summary: 'A random graph in which every node has the same number of neighbours.',
  options: {
    degree: z.int().min(1).default(8).describe('neighbours of a node'),
    connected: z.boolean().default(true).describe('draw until the graph is connected'),
  },
  create: ({ degree, connected }, { nodes, seed }) => {
    checkRegular('regular', nodes, degree);
    if (connected && degree === 1 && nodes > 2)
      throw refusal(
        'regular',
        nodes,
        'degree 1 makes separate pairs; use degree 2 or more, or connected: false',
      );
    const draw = (attempt: number) => stream(seed, 'topology', 'regular', attempt);
    // Few 2-regular graphs are one cycle, so a connected one is drawn as such.
    if (connected && degree === 2) return staticTopology(randomCycle(draw(0), nodes));
    const graph = firstGraph((attempt) => randomRegular(draw(attempt), nodes, degree), connected);
    if (graph === undefined) {
      const tried = `none of ${ATTEMPTS} draws gave a ${connected ? 'connected ' : ''}graph of degree ${degree}`;
      throw refusal(
        'regular',
        nodes,
        `${tried}; use another degree${connected ? ' or connected: false' : ''}`,
      );
    }
    return staticTopology(graph);
  },
});
