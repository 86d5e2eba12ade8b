import { expect } from 'chai';
import fc from 'fast-check';
import { rampInk, rampSteps, seriesColours, themes } from '../../experiments/report/charts/colours.js';
import { evenlySpaced } from '../../experiments/report/page/evenly-spaced.js';
import { escapeHtml, html } from '../../experiments/report/page/html.js';
import { bytes, count, duration, figure, percent } from '../../experiments/report/page/numbers.js';
import { style } from '../../experiments/report/page/style.js';
import { spreadFigure } from '../../experiments/report/sections/spread.js';

const space = '\u00a0';

describe('parts of the page', () => {
  it('escaped text has no markup, and reads as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', '#', ';') }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.to.match(/[<>"']|&(?!#\d+;)/);
        expect(escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).to.equal(
          text,
        );
      }),
    );
  });

  it('templates escape text and keep markup', () => {
    const part = html`<b>${'<'}</b>`;
    expect(html`${part}${['&', part]}${undefined}${3}`.markup).to.equal('<b>&#60;</b>&#38;<b>&#60;</b>3');
  });

  it('numbers are written for readers', () => {
    expect(count(1234567)).to.equal('1,234,567');
    expect(percent(0.97125)).to.equal(`97.13${space}%`);
    expect(figure(0.0912345)).to.equal('0.09123');
    expect(figure(0)).to.equal('0');
    expect(bytes(999)).to.equal(`999${space}B`);
    expect(bytes(318736000)).to.equal(`319${space}MB`);
    expect(bytes(999950)).to.equal(`1${space}MB`);
    expect(bytes(1e18)).to.equal(`1000${space}PB`);
    expect(duration(0.8449)).to.equal(`0.84${space}s`);
    expect(duration(59.99)).to.equal(`1${space}min 0${space}s`);
    expect(duration(3599.7)).to.equal(`1${space}h 0${space}min`);
    expect(duration(7503)).to.equal(`2${space}h 5${space}min`);
    for (const format of [count, percent, figure, bytes, duration]) expect(format(NaN)).to.equal('–');
  });

  it('what is shown of many is evenly spaced, with both ends', () => {
    expect(evenlySpaced(3, 100)).to.deep.equal([0, 1, 2]);
    expect(evenlySpaced(0, 100)).to.deep.equal([]);
    expect(evenlySpaced(9, 3)).to.deep.equal([0, 4, 8]);
    expect(new Set(evenlySpaced(101, 100)).size).to.equal(100);
  });

  it('accuracies of many are counted in bins between round numbers', () => {
    const values = Array.from({ length: 100 }, (_, id) => ({ id, accuracy: 0.5 + id / 200 }));
    const { table } = spreadFigure({ id: 'x', of: 'node', when: 'at the end', values });
    // 0.5 to 0.995 in bins of 2 %: four values each
    expect(table.rows).to.have.lengthOf(25);
    expect(table.rows[0]).to.deep.equal([`50${space}% – 52${space}%`, '4']);
    expect(table.rows.map(([, held]) => Number(held)).reduce((a, b) => a + b)).to.equal(100);
  });

  it('accuracies all alike, or all right, have a bin', () => {
    const values = Array.from({ length: 100 }, (_, id) => ({ id, accuracy: 1 }));
    const { table } = spreadFigure({ id: 'x', of: 'node', when: 'at the end', values });
    expect(table.rows).to.deep.equal([[`99.8${space}% – 100.0${space}%`, '100']]);
  });
});

describe('the style sheet', () => {
  it('has each rule once: none of the screen is among those for paper', () => {
    const [screen, print] = style.split('@media print {');
    const rules = (text: string) => (text.match(/[^{}]+\{[^{}]*\}/g) ?? []).map((rule) => rule.trim());
    const paper = rules(print.slice(0, print.indexOf('\n}\n')));
    expect(paper).to.have.lengthOf.above(10);
    expect(paper.filter((rule) => rules(screen).includes(rule))).to.deep.equal([]);
    expect(style.match(/\{/g)).to.have.lengthOf(style.match(/\}/g)?.length ?? 0);
  });
});

describe('colours', () => {
  /** Contrast ratio of two colours, by WCAG 2.2. */
  function contrast(a: string, b: string): number {
    const [brighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (brighter + 0.05) / (darker + 0.05);
  }
  function luminance(hex: string): number {
    const [red, green, blue] = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  for (const [name, theme] of Object.entries(themes)) {
    it(`${name}: text has a contrast of at least 4.5, lines of series 3`, () => {
      for (const ink of ['ink', 'faint', 'blue']) {
        expect(contrast(theme[ink], theme.paper), ink).to.be.at.least(4.5);
      }
      for (const series of seriesColours) {
        expect(contrast(theme[series], theme.paper), series).to.be.at.least(3);
      }
    });

    it(`${name}: the ramp goes one way, and text upon it can be read`, () => {
      const ramp = Array.from({ length: rampSteps }, (_, step) => theme[`ramp-${step}`]);
      const steps = ramp.map(luminance);
      const direction = Math.sign(steps[rampSteps - 1] - steps[0]);
      ramp.forEach((fill, step) => {
        if (step > 0) expect(direction * (steps[step] - steps[step - 1])).to.be.above(0);
        const ink = rampInk(step, 0, rampSteps).slice('var(--'.length, -1);
        expect(contrast(theme[ink], fill), fill).to.be.at.least(4);
      });
    });
  }
});
