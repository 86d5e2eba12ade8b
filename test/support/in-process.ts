/** A coordinator and workers in this process, on real sockets. */
import { joinFederation, WorkerStore, type JoinOptions } from '../../client/host/index.js';
import type { Recipe } from '../../recipe/index.js';
import { serve, type ServeOptions, type ServeResult } from '../../server/host/index.js';

export interface Together {
  /** How many workers, or the nodes of each, both ends included. */
  readonly workers: number | readonly (readonly [number, number])[];
  readonly out: string;
  /** A folder for the workers. */
  readonly state: string;
  readonly serve?: Partial<ServeOptions>;
  readonly join?: Partial<JoinOptions>;
}

/** Runs a recipe to its end. */
export async function runTogether(recipe: Recipe, { workers, ...options }: Together): Promise<ServeResult> {
  const places = typeof workers === 'number' ? Array.from({ length: workers }, () => undefined) : workers;
  const joined: Promise<unknown>[] = [];
  const result = await serve(recipe, {
    port: 0,
    host: '127.0.0.1',
    out: options.out,
    threads: 1,
    settings: { workers: places.length },
    onListening: ({ url }) => {
      for (const [index, nodes] of places.entries()) {
        const ended = WorkerStore.open(`${options.state}-${index}`).then((store) =>
          joinFederation({
            url,
            threads: 1,
            plugins: [],
            store,
            log: () => undefined,
            clients: nodes && [nodes],
            ...options.join,
          }),
        );
        // What ends a worker before its time is told once the coordinator is done.
        ended.catch(() => undefined);
        joined.push(ended);
      }
    },
    ...options.serve,
  });
  await Promise.all(joined);
  return result;
}
