/**
 * Colours the nodes of a drawing by their accuracy at the round that its slider is at. A node that was not tested
 * in that round keeps the colour of its last test, faded; one that was never tested is hollow.
 */
export function playFrames(rampSteps: number): void {
  interface Data {
    readonly rounds: readonly number[];
    readonly perUnit: number;
    readonly untested: number;
    readonly frames: string;
  }

  /** The frames of a figure, unpacked: [round][node], what was last known and whether it is of that round. */
  function unpack({ rounds, perUnit, untested, frames }: Data, nodes: number) {
    const bytes = Uint8Array.from(atob(frames), (character) => character.charCodeAt(0));
    const packed = new DataView(bytes.buffer);
    let known = new Float64Array(nodes).fill(NaN);
    return rounds.map((round, frame) => {
      const values = known.slice();
      const tested: number[] = [];
      for (let node = 0; node < nodes; node++) {
        const value = packed.getUint16(2 * (frame * nodes + node), true);
        if (value === untested) continue;
        values[node] = value / perUnit;
        tested.push(node);
      }
      known = values;
      return { round, values, tested, isTested: new Set(tested) };
    });
  }

  /** Lifts the nodes into a layer of their own, so that not all edges are drawn again whenever nodes change. */
  function lift(drawing: SVGSVGElement, circles: readonly SVGCircleElement[]): void {
    const layer = drawing.cloneNode(false) as SVGSVGElement;
    layer.removeAttribute('role');
    layer.removeAttribute('aria-label');
    layer.setAttribute('aria-hidden', 'true');
    layer.append(...circles);
    drawing.after(layer);
  }

  const percent = (share: number) => `${(100 * share).toFixed(2)}\u00a0%`;

  for (const player of document.querySelectorAll<HTMLElement>('[data-player]')) {
    const figure = player.closest('figure');
    const slider = player.querySelector<HTMLInputElement>('input[type=range]');
    const stretch = player.querySelector<HTMLInputElement>('input[type=checkbox]');
    const said = player.querySelector('output');
    const data = player.querySelector('script');
    if (!figure || !slider || !stretch || !said || !data) continue;
    const drawing = figure.querySelector('svg');
    if (!drawing) continue;
    const circles = [...drawing.querySelectorAll('circle')];
    const [, lowest, highest] = figure.querySelectorAll('svg text');
    const frames = unpack(JSON.parse(data.textContent) as Data, circles.length);
    const spread = (values: Iterable<number>): [number, number] => {
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return [low, high];
    };
    const ends = spread(frames.flatMap(({ values }) => spread(values)));

    const draw = () => {
      const frame = frames[Number(slider.value)];
      const { round, values, tested, isTested } = frame;
      const [low, high] = stretch.checked ? spread(values) : ends;
      circles.forEach((circle, node) => {
        const share = high > low ? (values[node] - low) / (high - low) : 1;
        const step = Math.min(rampSteps - 1, Math.max(0, Math.floor(share * rampSteps)));
        circle.style.fill = Number.isNaN(values[node]) ? 'var(--paper)' : `var(--ramp-${step})`;
        circle.style.opacity = isTested.has(node) ? '' : '0.45';
      });
      lowest.textContent = percent(low);
      highest.textContent = percent(high);
      const accuracies = tested.map((node) => values[node]);
      const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / tested.length;
      const [worst, best] = spread(accuracies);
      const who =
        tested.length === circles.length ? 'all nodes' : `${tested.length} of ${circles.length} nodes tested`;
      said.textContent = `${round}: ${who}, mean ${percent(mean)}, from ${percent(worst)} to ${percent(best)}`;
      slider.setAttribute('aria-valuetext', `Round ${said.textContent}`);
    };
    lift(drawing, circles);
    slider.addEventListener('input', draw);
    stretch.addEventListener('change', draw);
    draw();
  }
}
