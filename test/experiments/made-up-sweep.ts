/** Run directories of a made-up gossip sweep: two merge rules on two graphs, three seeds each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { mean, range, stream } from '../../numerics/index.js';
import type { RunEvent, RunRecord } from '../../records/index.js';
import { gossip } from './made-up-runs.js';

export interface MadeUpSweep {
  readonly nodes: number;
  readonly rounds: readonly number[];
  readonly merges: readonly string[];
  readonly topologies: readonly string[];
  readonly seeds: readonly number[];
}

export const smallSweep: MadeUpSweep = {
  nodes: 12,
  rounds: [2, 4, 6, 8, 10],
  merges: ['mean', 'variance-corrected'],
  topologies: ['ring', 'complete'],
  seeds: [1, 2, 3],
};

/** Writes the runs under a folder. @returns their directories */
export function writeSweepRuns(folder: string, sweep: MadeUpSweep = smallSweep): string[] {
  return sweep.merges.flatMap((merge) =>
    sweep.topologies.flatMap((topology) =>
      sweep.seeds.map((seed) => {
        const directory = join(folder, `${merge}-${topology}-${seed}`);
        writeRun(directory, sweep, { merge, topology, seed });
        return directory;
      }),
    ),
  );
}

interface Setting {
  readonly merge: string;
  readonly topology: string;
  readonly seed: number;
}

function writeRun(directory: string, sweep: MadeUpSweep, setting: Setting): void {
  const events = eventsOf(sweep, setting);
  const last = events[events.length - 1];
  const record: RunRecord = {
    ...gossip.record,
    seed: setting.seed,
    accuracy: last.type === 'evaluation' ? last.accuracy : NaN,
    ...(last.type === 'evaluation' && last.averageModel && { averageModel: last.averageModel }),
    recipeHash: JSON.stringify(setting),
    topology: graphOf(sweep.nodes, setting.topology),
  };
  mkdirSync(directory, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
  };
  write('run.json', JSON.stringify(record));
  write('metrics.jsonl', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  write(
    'recipe.yaml',
    stringify({
      seed: setting.seed,
      algorithm: { kind: 'gossip', merge: { kind: setting.merge } },
      topology: { kind: setting.topology },
    }),
  );
}

function eventsOf({ nodes, rounds }: MadeUpSweep, { merge, topology, seed }: Setting): RunEvent[] {
  const noise = stream(seed, merge, topology);
  const speed = (merge === 'mean' ? 0.1 : 0.2) + (topology === 'ring' ? 0 : 0.1);
  const everyone = [...range(nodes)];
  return rounds.flatMap((round): RunEvent[] => {
    const accuracy = 0.95 - 0.85 * Math.exp(-speed * round) - 0.01 * noise();
    // Half of the nodes are tested before the end.
    const tested = everyone.filter(
      (node) => round === rounds[rounds.length - 1] || (node + round / 2) % 2 === 0,
    );
    const accuracies = tested.map(() => accuracy - 0.1 * noise());
    return [
      {
        type: 'population',
        round,
        consensusDistance: 5 * Math.exp(-speed * round),
        relativeConsensusDistance: Math.exp(-speed * round),
        varianceRatio: { 'dense1/kernel': 1 - 0.5 * (1 - Math.exp(-round)), 'dense2/kernel': 1 },
        nodes: {
          tested: tested.length,
          mean: mean(accuracies),
          deviation: 0.02,
          loss: 2 * (1 - accuracy),
          worst: Math.min(...accuracies),
          best: Math.max(...accuracies),
        },
        tested,
        accuracies,
        bytesSent: round * nodes * 1000,
        localSteps: round * nodes,
        virtualTime: round + 0.5,
      },
      {
        ...{ type: 'evaluation', on: 'test', round, accuracy, loss: 2 * (1 - accuracy) },
        ...{ nodes: tested.length, averageModel: { accuracy: accuracy + 0.01, loss: 1 - accuracy } },
      },
    ];
  });
}

function graphOf(nodes: number, kind: string): NonNullable<RunRecord['topology']> {
  const everyone = [...range(nodes)];
  return {
    kind,
    spectralGap: kind === 'ring' ? 0.05 : 1,
    positions: everyone.map((node) => [
      0.5 + 0.5 * Math.cos((2 * Math.PI * node) / nodes),
      0.5 + 0.5 * Math.sin((2 * Math.PI * node) / nodes),
    ]),
    edges:
      kind === 'ring'
        ? everyone.map((node) => [node, (node + 1) % nodes] as const)
        : everyone.flatMap((a) => everyone.filter((b) => b > a).map((b) => [a, b] as const)),
  };
}
