/** Reads metrics as Prometheus does, and asks promtool what it thinks of them. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';

export interface Metrics {
  /** Of each metric, by its name. */
  readonly types: ReadonlyMap<string, string>;
  /** Of each series, by name and labels. */
  readonly samples: ReadonlyMap<string, number>;
}

export function parseMetrics(content: string): Metrics {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of content.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type) types.set(type[1], type[2]);
    const sample = /^([^#\s]\S*(?:\{.*\})?) (\S+)$/.exec(line);
    if (sample) samples.set(sample[1], Number(sample[2]));
  }
  return { types, samples };
}

/** Series that may only grow while the process lives: of counters, histograms and summaries. */
export function growing({ types, samples }: Metrics): Map<string, number> {
  const isGrowing = (series: string) => {
    const [name] = series.split('{', 1);
    const base = name.replace(/_(bucket|sum|count)$/, '');
    return types.get(name) === 'counter' || ['histogram', 'summary'].includes(types.get(base) ?? '');
  };
  return new Map([...samples].filter(([series]) => isGrowing(series)));
}

/** Fails where a counter has fallen or is gone. */
export function expectNoFall(before: Metrics, after: Metrics): void {
  for (const [series, value] of growing(before)) {
    expect(after.samples.get(series), series).to.be.at.least(value);
  }
}

/** What `promtool check metrics` complains about: nothing where all is well. */
export async function promtool(content: string): Promise<string> {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(content);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}
