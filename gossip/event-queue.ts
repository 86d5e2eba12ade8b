/** The queue of what happens in virtual time. At equal times: wakings, then deliveries, then merges, by node. */
import type { Delivery } from './links.js';

export type GossipEvent =
  | { readonly kind: 'wake'; readonly time: number; readonly node: number }
  | { readonly kind: 'deliver'; readonly time: number; readonly node: number; readonly delivery: Delivery }
  | { readonly kind: 'receive'; readonly time: number; readonly node: number };

const phase = { wake: 0, deliver: 1, receive: 2 } as const;

function before(a: GossipEvent, b: GossipEvent): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.kind !== b.kind) return phase[a.kind] < phase[b.kind];
  if (a.node !== b.node) return a.node < b.node;
  if (a.kind !== 'deliver' || b.kind !== 'deliver') return false;
  const [x, y] = [a.delivery, b.delivery];
  return x.from === y.from ? x.sequence < y.sequence : x.from < y.from;
}

/** A binary heap. */
export class EventQueue {
  readonly #heap: GossipEvent[];

  constructor(events: readonly GossipEvent[] = []) {
    this.#heap = [];
    for (const event of events) this.push(event);
  }

  /** All events, in no particular order. */
  get events(): readonly GossipEvent[] {
    return this.#heap;
  }

  peek(): GossipEvent | undefined {
    return this.#heap.at(0);
  }

  push(event: GossipEvent): void {
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(event, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = event;
  }

  pop(): GossipEvent | undefined {
    const heap = this.#heap;
    const first = heap.at(0);
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return first;
  }
}
