/** The graph of a gossip run, its nodes coloured by how good their models are, round by round. */
import type { RunRecord } from '../../../records/index.js';
import type { Progress } from '../../analysis/progress.js';
import { graphDrawing } from '../charts/graph-drawing.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { playerHtml, type Frames } from '../page/player.js';

/** Nothing where the run had no graph, or one too large to draw. */
export function topologySection({ topology }: RunRecord, progress: Progress): Section | undefined {
  if (topology === undefined) return undefined;
  return {
    id: 'topology',
    heading: 'Topology',
    body: html`<p>
        Models travelled along the edges of a graph of kind ${topology.kind}. ${gapSentence(topology)}
      </p>
      ${figuresHtml([topologyFigure('graph', topology, progress)])}`,
  };
}

function gapSentence({ spectralGap, spectralGapError, agreeAfter }: Topology): string {
  if (spectralGap === undefined) {
    return 'The algorithm does not mix by one matrix a round, so there is no spectral gap to state.';
  }
  if (agreeAfter !== undefined) {
    return `The spectral gap is 1: without training, all nodes would agree exactly after ${count(agreeAfter)} round${agreeAfter === 1 ? '' : 's'} of mixing.`;
  }
  return `The spectral gap is ${gapFigure({ spectralGap, spectralGapError })}: without training, the nodes' disagreement would shrink by that share of itself in every round of mixing, in the long run.`;
}

/** "0.123", with its standard error where it has one; "–" where there is none. */
export function gapFigure({
  spectralGap,
  spectralGapError,
}: {
  readonly spectralGap?: number | undefined;
  readonly spectralGapError?: number | undefined;
}): string {
  if (spectralGap === undefined) return '–';
  return spectralGapError === undefined
    ? figure(spectralGap)
    : `${figure(spectralGap)} ± ${figure(spectralGapError)} (standard error)`;
}

type Topology = NonNullable<RunRecord['topology']>;

export function topologyFigure(id: string, topology: Topology, progress: Progress): Figure {
  const { kind, positions, edges } = topology;
  const frames = framesOf(progress, positions.length);
  const last = lastKnown(frames, positions.length);
  const known = last.filter((accuracy) => accuracy !== undefined);
  const round = frames.rounds.at(-1);
  const coloured =
    round === undefined
      ? ''
      : ` Nodes are coloured by the accuracy of their models at the round chosen (drawn: round ${count(round)}); those not tested in it keep their last colour, faded.`;
  const description = `${count(positions.length)} nodes, ${count(edges.length)} edges.${coloured}`;
  return {
    id,
    wide: true,
    svg: graphDrawing({
      title: `Topology: ${kind}`,
      description,
      width: 600,
      height: 440,
      positions,
      edges,
      ...(known.length > 0 && {
        values: last.map((accuracy) => accuracy ?? NaN),
        amounts: {
          label: 'accuracy',
          format: (share: number) => percent(share),
          low: Math.min(...known),
          high: Math.max(...known),
        },
      }),
    }),
    ...(round !== undefined && { controls: playerHtml(id, frames) }),
    caption: `The graph of the first round. ${description}`,
    table: {
      columns: ['Node', 'Edges', ...(known.length > 0 ? ['Accuracy'] : [])],
      rows: degreesOf(topology).map((degree, node) => [
        count(node),
        count(degree),
        ...(known.length > 0 ? [percent(last[node] ?? NaN)] : []),
      ]),
    },
  };
}

function framesOf({ populations }: Progress, nodes: number): Frames {
  const listed = populations.filter(({ tested }) => tested.length > 0);
  return {
    rounds: listed.map(({ round }) => round),
    accuracies: listed.map(({ tested, accuracies }) => {
      const frame = new Array<number | undefined>(nodes).fill(undefined);
      tested.forEach((node, i) => (frame[node] = accuracies[i]));
      return frame;
    }),
  };
}

/** Of each node, at its last test. */
function lastKnown({ accuracies }: Frames, nodes: number): (number | undefined)[] {
  return Array.from(
    { length: nodes },
    (_, node) => accuracies.findLast((frame) => frame[node] !== undefined)?.[node],
  );
}

function degreesOf({ positions, edges }: Topology): number[] {
  const degrees = positions.map(() => 0);
  for (const [from, to] of edges) {
    degrees[from]++;
    degrees[to]++;
  }
  return degrees;
}
