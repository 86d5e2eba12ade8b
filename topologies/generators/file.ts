/** The user's own graph, from a file. */
import { z } from 'zod';
import { filePath } from '../../registry/index.js';
import { parseEdgeList } from '../files/edge-list-text.js';
import { parseGraphml } from '../files/graphml.js';
import { parseJson } from '../files/json.js';
import { toGraph } from '../files/named-edges.js';
import { defineTopology, refusal, staticTopology } from '../topology.js';

const formats = { csv: parseEdgeList, json: parseJson, graphml: parseGraphml };

export const file = defineTopology({
  kind: 'file',
  summary: "The user's own graph: an edge list in CSV, JSON or GraphML.",
  options: {
    path: filePath().describe('the file'),
    format: z.enum(['csv', 'json', 'graphml']).optional().describe("left out, as the file's name ends"),
    directed: z.boolean().optional().describe('left out, as the file says, or else undirected'),
    duplicates: z
      .enum(['refuse', 'ignore'])
      .default('refuse')
      .describe('whether edges may be there twice, as where both directions of undirected ones are listed'),
  },
  create: ({ path, format, directed, duplicates }, { nodes, readFile }) => {
    const refuse = (sentence: string, cause?: unknown) => {
      const error = refusal('file', nodes, sentence);
      error.cause = cause;
      return error;
    };
    if (readFile === undefined)
      throw refuse(`${path} cannot be read here; only a recipe on this machine reads files`);
    const kind = format ?? formatOf(path);
    if (kind === undefined)
      throw refuse(
        `${path} ends in none of .csv, .tsv, .txt, .edges, .json and .graphml; say which format it has`,
      );
    try {
      const found = formats[kind](readFile(path));
      return staticTopology(
        toGraph(found, { nodes, directed: directed ?? found.directed ?? false, duplicates }),
      );
    } catch (error) {
      throw refuse(`${path}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  },
});

function formatOf(path: string): keyof typeof formats | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? '';
  if (['csv', 'tsv', 'txt', 'edges', 'edgelist'].includes(ending)) return 'csv';
  if (ending === 'json' || ending === 'graphml') return ending;
  return undefined;
}
