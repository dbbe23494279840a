// One trace with all its spans: `GET traces/{id}`.
//
// A trace may have ten thousand spans and more, and all of them are checked before one is shown. A schema per field
// costs several
// times as much as drawing them, so spans are checked by a table of plain predicates; the rest is zod as everywhere.

import { z } from "zod";
import { get } from "./client.ts";
import { isDecimal, isMapOf, isMetric, isString } from "./scalars.ts";

/** The typed value of an attribute of an event or a link. 64-bit integers come as decimal strings. */
const attribute = z.json();

const attributes = z.record(z.string(), attribute);

const decimal = z.custom<string>(isDecimal, { error: "not a decimal integer" });

const link = z.object({
  trace_id: z.string(),
  span_id: decimal,
  attributes,
  tracestate: z.string(),
  flags: z.number().nullable(),
});

const event = z.object({ time: decimal, name: z.string(), attributes });

export type Attribute = z.infer<typeof attribute>;

/** A link to a span of this or another trace: `trace_id` 32 hex digits, `span_id` decimal. */
export type SpanLink = z.infer<typeof link>;

type SentEvent = z.infer<typeof event>;

/** A span as it is sent: integers that need 64 bits are decimal strings. */
interface SentSpan {
  readonly span_id: string;
  readonly parent_id: string;
  readonly start: string;
  readonly duration: string;
  readonly service: string;
  readonly name: string;
  readonly resource: string;
  readonly type: string;
  readonly error: 0 | 1;
  readonly meta: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly links: readonly SpanLink[];
  readonly events: readonly SentEvent[];
  readonly meta_struct: Readonly<Record<string, string>>;
}

const FIELDS: Readonly<Record<keyof SentSpan, (value: unknown) => boolean>> = {
  span_id: isDecimal,
  parent_id: isDecimal,
  start: isDecimal,
  duration: isDecimal,
  service: isString,
  name: isString,
  resource: isString,
  type: isString,
  error: (value) => value === 0 || value === 1,
  meta: isMapOf(isString),
  metrics: isMapOf(isMetric),
  links: isEmptyOr(z.array(link)),
  events: isEmptyOr(z.array(event)),
  meta_struct: isMapOf(isString),
};

const CHECKS = Object.entries(FIELDS);

/** Something that happened during a span; `time` in nanoseconds since 1970. */
export type SpanEvent = Omit<SentEvent, "time"> & { readonly time: bigint };

/** A span as the pages use it; `start` in nanoseconds since 1970, `duration` in nanoseconds. */
export type Span = Omit<SentSpan, "start" | "duration" | "events"> & {
  readonly start: bigint;
  readonly duration: bigint;
  readonly events: readonly SpanEvent[];
};

const trace = z.object({
  trace_id: z.string(),
  spans: z
    .custom<readonly SentSpan[]>((given) => firstFault(given) === null, {
      error: (issue) => firstFault(issue.input) ?? "",
    })
    .transform((spans) => spans.map(toSpan)),
});

export type Trace = z.infer<typeof trace>;

/**
 * The trace of that id: 32 or 16 hex digits, or decimal. Refused with `ambiguous` where several traces answer to it.
 */
export function fetchTrace(id: string, signal: AbortSignal): Promise<Trace> {
  return get(`traces/${encodeURIComponent(id)}`, trace, signal);
}

/** Checks a body as {@link fetchTrace} does; throws zod's error. */
export function parseTrace(body: unknown): Trace {
  return trace.parse(body);
}

/** What is wrong with a list of spans, by field and place; null if nothing is. */
function firstFault(given: unknown): string | null {
  if (!Array.isArray(given)) return "not a list of spans";
  for (const [index, span] of given.entries()) {
    if (typeof span !== "object" || span === null) return `span ${index} is not an object`;
    for (const [field, isRight] of CHECKS) {
      if (!isRight((span as Record<string, unknown>)[field]))
        return `${field} of span ${index} is missing or of another type`;
    }
  }
  return null;
}

function isEmptyOr(schema: z.ZodType): (value: unknown) => boolean {
  return (value) => (Array.isArray(value) && value.length === 0) || schema.safeParse(value).success;
}

function toSpan(span: SentSpan): Span {
  return {
    ...span,
    start: BigInt(span.start),
    duration: BigInt(span.duration),
    events: span.events.map((happened) => ({ ...happened, time: BigInt(happened.time) })),
  };
}
