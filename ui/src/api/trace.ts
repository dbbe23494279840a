// One trace with all its spans: `GET traces/{id}`.

import { z } from "zod";
import { get } from "./client.ts";
import { flatMap, int64, isMetric, isString, spanId } from "./scalars.ts";

/** The typed value of an attribute of an event or a link. 64-bit integers come as decimal strings. */
const attribute = z.json();

const link = z.object({
  trace_id: z.string(),
  span_id: spanId,
  attributes: z.record(z.string(), attribute),
  tracestate: z.string(),
  flags: z.number().nullable(),
});

const event = z.object({
  time: int64,
  name: z.string(),
  attributes: z.record(z.string(), attribute),
});

const span = z.object({
  span_id: spanId,
  parent_id: spanId,
  start: int64,
  duration: int64,
  service: z.string(),
  name: z.string(),
  resource: z.string(),
  type: z.string(),
  error: z.union([z.literal(0), z.literal(1)]),
  meta: flatMap(isString, "strings"),
  metrics: flatMap(isMetric, "numbers"),
  links: z.array(link),
  events: z.array(event),
  meta_struct: flatMap(isString, "base64 strings"),
});

const trace = z.object({ trace_id: z.string(), spans: z.array(span) });

/** A span as the server keeps it; `start` in nanoseconds since 1970, `duration` in nanoseconds. */
export type Span = z.infer<typeof span>;
export type SpanLink = z.infer<typeof link>;
export type SpanEvent = z.infer<typeof event>;
export type Attribute = z.infer<typeof attribute>;
export type Trace = z.infer<typeof trace>;

/** The trace of that id: 32 or 16 hex digits, or decimal. Refused with `ambiguous` where several traces answer to it. */
export function fetchTrace(id: string, signal: AbortSignal): Promise<Trace> {
  return get(`traces/${encodeURIComponent(id)}`, trace, signal);
}

/** Checks a body as {@link fetchTrace} does. For tests and measurements. */
export function parseTrace(body: unknown): Trace {
  return trace.parse(body);
}
