/**
 * Repeats a Dirichlet draw until every client has enough examples, as NIID-Bench does (Li et al. 2022). Fails after 100 draws (20
 * for 10,000 clients) with an alpha and a minimum that work.
 */
import { checkEnough, PartitionError } from './partition-error.js';

export interface DirichletOptions {
  readonly clients: number;
  readonly alpha: number;
  readonly minimum: number;
}

/** The cuts of each group of examples among the clients, in attempt `attempt`. */
export type DrawCuts = (alpha: number, attempt: number) => readonly Uint32Array[];

const triesFor = (clients: number) => Math.max(10, Math.min(100, Math.floor(200_000 / clients)));

/** @throws PartitionError if no draw gives every client `minimum` of the `examples` */
export function cutUntilEnough(
  options: DirichletOptions,
  examples: number,
  draw: DrawCuts,
): readonly Uint32Array[] {
  const { clients, alpha, minimum } = options;
  checkEnough(clients, examples, minimum);
  const tries = triesFor(clients);
  const found = firstEnough(options, alpha, tries, draw);
  if (found.cuts !== undefined) return found.cuts;
  throw new PartitionError(
    `with alpha ${alpha} each of ${tries} draws gave one of the ${clients} clients fewer than ` +
      `${minimum} of the ${examples} examples; ${advice(options, found.least, draw)}`,
  );
}

/** The first draw that meets the minimum, otherwise the largest minimum size of all draws. */
function firstEnough(
  { clients, minimum }: DirichletOptions,
  alpha: number,
  tries: number,
  draw: DrawCuts,
): { cuts?: readonly Uint32Array[]; least: number } {
  let best = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    const cuts = draw(alpha, attempt);
    const least = leastSize(cuts, clients);
    if (least >= minimum) return { cuts, least };
    best = Math.max(best, least);
  }
  return { least: best };
}

function leastSize(cuts: readonly Uint32Array[], clients: number): number {
  let least = Infinity;
  for (let client = 0; client < clients; client++) {
    let size = 0;
    for (const places of cuts) size += places[client + 1] - places[client];
    least = Math.min(least, size);
  }
  return least;
}

function advice(options: DirichletOptions, least: number, draw: DrawCuts): string {
  const remedies: string[] = [];
  for (let alpha = options.alpha * 2; alpha < 1e4; alpha *= 2) {
    if (firstEnough(options, alpha, 1, draw).cuts === undefined) continue;
    remedies.push(`alpha ${Number(alpha.toPrecision(3))} works`);
    break;
  }
  if (least > 0) remedies.push(`a minimum of ${least} works`);
  return [...remedies, 'fewer clients help'].join(', ');
}
