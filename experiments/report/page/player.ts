/** A slider that takes a drawing of nodes through the rounds of a run. */
import { html, verbatim, type Html } from './html.js';

export interface Frames {
  readonly rounds: readonly number[];
  /** [round][node]: an accuracy, or undefined where the node was not tested in that round. */
  readonly accuracies: readonly (readonly (number | undefined)[])[];
}

/** What stands for a node that was not tested. */
const untested = 0xffff;
/** Accuracies are kept to a hundredth of a percent. */
const perUnit = 10_000;

/** @param id of the figure whose circles are the nodes, in their order */
export function playerHtml(id: string, { rounds, accuracies }: Frames): Html {
  const last = rounds.length - 1;
  return html`<div class="player" data-player>
    <label for="${id}-round">Round</label>
    <input type="range" id="${id}-round" min="0" max="${last}" value="${last}" step="1" />
    <output for="${id}-round"></output>
    <label class="stretch"><input type="checkbox" />Colours span this round only</label>
    <script type="application/json">
      ${verbatim(JSON.stringify({ rounds, perUnit, untested, frames: packed(accuracies) }))}
    </script>
  </div>`;
}

/** Two bytes a node, round after round, the lower byte first, in base 64. */
function packed(accuracies: Frames['accuracies']): string {
  const values = accuracies.flatMap((nodes) =>
    nodes.map((accuracy) => (accuracy === undefined ? untested : Math.round(perUnit * accuracy))),
  );
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16LE(value, 2 * i));
  return bytes.toString('base64');
}
