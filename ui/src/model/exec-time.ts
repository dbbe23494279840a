// How much of the time each service was at work: "% exec time".
//
// A span is active while it runs and none of its children does. Where several spans are active at once they share the
// time
// equally, so that the shares of all services add up to the whole, however much runs side by side.
//
// One sweep over all starts and ends: `clock` counts how much time a span active throughout would have been given, so a
// span's
// own part is the difference of two readings. O(n log n), and that only for sorting.

import type { TraceModel, TraceNode } from "./trace.ts";

/** A service's part of a trace. */
export interface ServiceTime {
  readonly service: string;
  /** Nanoseconds. */
  readonly execTime: number;
  /** Of the time in which any span ran; 0–1. All zero in a trace of no length. */
  readonly share: number;
  readonly spans: number;
}

/** Each node's own part of the time, by index, in nanoseconds. Stand-ins do not run and get none. */
export function activeTimes(nodes: readonly TraceNode[]): Float64Array {
  const active = new Float64Array(nodes.length);
  const activeSince = new Float64Array(nodes.length);
  const running = new Uint8Array(nodes.length);
  const childrenRunning = new Int32Array(nodes.length);
  let clock = 0;
  let activeCount = 0;
  let now = 0;

  /**
   * Counts a node itself (`self`) or one of its children (`child`) in with +1 or out with −1, and settles what that
   * means for its being active.
   */
  const change = (index: number, self: number, child: number): void => {
    const before = running[index] === 1 && childrenRunning[index] === 0;
    running[index] = (running[index] ?? 0) + self;
    childrenRunning[index] = (childrenRunning[index] ?? 0) + child;
    const after = running[index] === 1 && childrenRunning[index] === 0;
    if (before === after) return;
    activeCount += after ? 1 : -1;
    if (after) activeSince[index] = clock;
    else active[index] = (active[index] ?? 0) + clock - (activeSince[index] ?? 0);
  };

  forEachMoment(nodes, (node, at, step) => {
    if (activeCount > 0) clock += (at - now) / activeCount;
    now = at;
    change(node.index, step, 0);
    if (node.parent !== null) change(node.parent.index, 0, step);
  });
  return active;
}

/** Visits all starts (+1) and ends (−1) in order of time. Spans of no length are never active and are left out. */
function forEachMoment(nodes: readonly TraceNode[], visit: (node: TraceNode, at: number, step: 1 | -1) => void): void {
  const spans = nodes.filter((node) => node.span !== null && node.end > node.start);
  const starts = spans.toSorted((a, b) => a.start - b.start);
  const ends = spans.toSorted((a, b) => a.end - b.end);
  let next = 0;
  for (const ending of ends) {
    for (let node = starts[next]; node !== undefined && node.start < ending.end; node = starts[++next])
      visit(node, node.start, 1);
    visit(ending, ending.end, -1);
  }
}

/** The services of a trace, busiest first, then by name. `active` is what {@link activeTimes} gave for its nodes. */
export function execTimes(model: TraceModel, active: Float64Array): readonly ServiceTime[] {
  const times = new Map(model.services.map((service) => [service, { execTime: 0, spans: 0 }]));
  for (const node of model.nodes) {
    const time = node.span === null ? undefined : times.get(node.span.service);
    if (time === undefined) continue;
    time.spans += 1;
    time.execTime += active[node.index] ?? 0;
  }
  const total = active.reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([service, { execTime, spans }]) => ({ service, execTime, spans, share: total === 0 ? 0 : execTime / total }))
    .toSorted((a, b) => b.execTime - a.execTime || (a.service < b.service ? -1 : 1));
}
