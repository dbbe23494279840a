// How much of the time each service was at work: "% exec time".
//
// A span is active while it runs and none of its children does. Where several spans are active at once they share the time
// equally, so that the shares of all services add up to the whole, however much runs side by side.
//
// One sweep over all starts and ends: `clock` counts how much time a span active throughout would have been given, so a span's
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

/** The services of a trace, busiest first, then by name. */
export function execTimes(model: TraceModel): readonly ServiceTime[] {
  const perNode = activeTimes(model.nodes);
  const times = new Map(model.services.map((service) => [service, { execTime: 0, spans: 0 }]));
  let total = 0;
  for (const node of model.nodes) {
    const time = node.span === null ? undefined : times.get(node.span.service);
    if (time === undefined) continue;
    const active = perNode[node.index] ?? 0;
    time.spans += 1;
    time.execTime += active;
    total += active;
  }
  return [...times]
    .map(([service, { execTime, spans }]) => ({ service, execTime, spans, share: total === 0 ? 0 : execTime / total }))
    .toSorted((a, b) => b.execTime - a.execTime || (a.service < b.service ? -1 : 1));
}

/** Each node's own part of the time, by index, in nanoseconds. Stand-ins do not run and get none. */
export function activeTimes(nodes: readonly TraceNode[]): Float64Array {
  const active = new Float64Array(nodes.length);
  const activeSince = new Float64Array(nodes.length);
  const running = new Uint8Array(nodes.length);
  const childrenRunning = new Uint32Array(nodes.length);
  let clock = 0;
  let activeCount = 0;
  let now = 0;

  const isActive = (index: number): boolean => running[index] === 1 && childrenRunning[index] === 0;
  /** Applies a change to a node and settles what it means for its being active. */
  const change = (index: number, apply: () => void): void => {
    const before = isActive(index);
    apply();
    const after = isActive(index);
    if (before === after) return;
    activeCount += after ? 1 : -1;
    if (after) activeSince[index] = clock;
    else active[index] = (active[index] ?? 0) + clock - (activeSince[index] ?? 0);
  };

  for (const { at, node, starts } of moments(nodes)) {
    if (activeCount > 0) clock += (at - now) / activeCount;
    now = at;
    change(node.index, () => {
      running[node.index] = starts ? 1 : 0;
    });
    const parent = node.parent?.index;
    if (parent === undefined) continue;
    change(parent, () => {
      childrenRunning[parent] = (childrenRunning[parent] ?? 0) + (starts ? 1 : -1);
    });
  }
  return active;
}

interface Moment {
  readonly at: number;
  readonly node: TraceNode;
  readonly starts: boolean;
}

/** All starts and ends in order of time. Spans of no length are never active and are left out. */
function moments(nodes: readonly TraceNode[]): readonly Moment[] {
  return nodes
    .filter((node) => node.span !== null && node.end > node.start)
    .flatMap((node): Moment[] => [
      { at: node.start, node, starts: true },
      { at: node.end, node, starts: false },
    ])
    .toSorted((a, b) => a.at - b.at);
}
