// The newest traces, one row each: `GET traces?limit=&cursor=`.

import { z } from "zod";
import { get } from "./client.ts";
import { int64, spanId } from "./scalars.ts";

const row = z.object({
  trace_id: z.string(),
  start: int64,
  duration: int64,
  root: z.object({ span_id: spanId, service: z.string(), name: z.string(), resource: z.string(), type: z.string() }),
  http_status: z.string().nullable(),
  spans: z.number(),
  errors: z.number(),
  services: z.array(z.string()),
});

const page = z.object({ traces: z.array(row), next: z.string().nullable() });

/** A trace in the list; `start` in nanoseconds since 1970, `duration` from the earliest start to the latest end. */
export type TraceRow = z.infer<typeof row>;

/** Traces by start, newest first, and the cursor of what follows; null at the end. */
export type TracePage = z.infer<typeof page>;

/** One page of traces: the newest, or those after `cursor`. `limit` is 1–1,000. */
export function fetchTraces(limit: number, cursor: string | null, signal: AbortSignal): Promise<TracePage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set("cursor", cursor);
  return get(`traces?${query}`, page, signal);
}
