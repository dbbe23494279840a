// Small traces for tests, written as `[id, parent, start, end]` rows.

import type { Span, Trace } from "../api/trace.ts";

/** Start and end in nanoseconds from {@link SAMPLE_START}. */
export type SampleRow = readonly [id: number, parent: number, start: number, end: number, rest?: Partial<Span>];

/** 2025-11-21T09:06:40Z in nanoseconds since 1970. */
export const SAMPLE_START = 1_763_716_000_000_000_000n;

/** A span of service `web` unless `rest` says otherwise. */
export function sampleSpan([id, parent, start, end, rest]: SampleRow): Span {
  return {
    span_id: String(id),
    parent_id: String(parent),
    start: SAMPLE_START + BigInt(start),
    duration: BigInt(end - start),
    service: "web",
    name: "request",
    resource: `resource ${id}`,
    type: "web",
    error: 0,
    meta: {},
    metrics: {},
    links: [],
    events: [],
    meta_struct: {},
    ...rest,
  };
}

/** A trace of such spans. */
export function sampleTrace(rows: readonly SampleRow[]): Trace {
  return { trace_id: "00000000000000000000000000000abc", spans: rows.map(sampleSpan) };
}
