/** The graph of a gossip run, its nodes coloured by how good their models are. */
import type { RunRecord } from '../../../runs/index.js';
import { graphDrawing } from '../charts/graph-drawing.js';
import { figuresHtml } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import type { Progress } from './progress.js';

/** Nothing where the run had no graph, or one too large to draw. */
export function topologySection({ topology }: RunRecord, { populations }: Progress): Section | undefined {
  if (topology === undefined) return undefined;
  const { kind, spectralGap, positions, edges } = topology;
  const last = populations.at(-1);
  const accuracies = last?.tested.length === positions.length ? last.accuracies : undefined;
  const coloured =
    accuracies && last ? ` Nodes are coloured by their accuracy at round ${count(last.round)}.` : '';
  const description = `${count(positions.length)} nodes, ${count(edges.length)} edges.${coloured}`;
  const degrees = positions.map(() => 0);
  for (const [from, to] of edges) {
    degrees[from]++;
    degrees[to]++;
  }
  return {
    id: 'topology',
    heading: 'Topology',
    body: html`<p>
        Models travelled along the edges of a graph of kind ${kind}. Its spectral gap is
        ${figure(spectralGap)}: without training, the nodes' disagreement would shrink by that share of itself
        in every round of mixing.
      </p>
      ${figuresHtml([
        {
          id: 'graph',
          svg: graphDrawing({
            title: `Topology: ${kind}`,
            description,
            height: 420,
            positions,
            edges,
            ...(accuracies && {
              values: accuracies,
              amounts: {
                label: 'accuracy',
                format: (share: number) => percent(share),
                low: Math.min(...accuracies),
                high: Math.max(...accuracies),
              },
            }),
          }),
          caption: `The graph of the first round. ${description}`,
          table: {
            columns: ['Node', 'Edges', ...(accuracies ? ['Accuracy'] : [])],
            rows: degrees.map((edgesOfNode, node) => [
              count(node),
              count(edgesOfNode),
              ...(accuracies ? [percent(accuracies[node])] : []),
            ]),
          },
        },
      ])}`,
  };
}
