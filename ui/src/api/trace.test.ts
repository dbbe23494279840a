import { describe, expect, test } from "vitest";
import { parseTrace } from "./trace.ts";

const SPAN = {
  span_id: "18446744073709551615",
  parent_id: "0",
  start: "1763716000000000001",
  duration: "61200000",
  service: "cafe",
  name: "flask.request",
  resource: "GET /pair/beer",
  type: "web",
  error: 1,
  meta: { env: "demo" },
  metrics: { "_dd.top_level": 1, ratio: "NaN", most: "Infinity", least: "-Infinity" },
  links: [
    {
      trace_id: "0".repeat(31) + "1",
      span_id: "9",
      attributes: { a: "b", n: [1, true, null] },
      tracestate: "",
      flags: null,
    },
  ],
  events: [{ time: "1763716000000000002", name: "tasted", attributes: { score: "7", good: true } }],
  meta_struct: { appsec: "gaE=" },
};

const traceWith = (change: object) => ({ trace_id: "ab", spans: [SPAN, { ...SPAN, ...change }] });

test("a trace is read with all that a span can have, times exact to the nanosecond", () => {
  const { trace_id, spans } = parseTrace(traceWith({}));
  expect(trace_id).toBe("ab");
  expect(spans[0]).toEqual({
    ...SPAN,
    start: 1_763_716_000_000_000_001n,
    duration: 61_200_000n,
    events: [{ ...SPAN.events[0], time: 1_763_716_000_000_000_002n }],
  });
});

test("fields that this page does not know are no hindrance", () => {
  expect(parseTrace(traceWith({ tomorrow: {} })).spans.length).toBe(2);
});

describe("a span that is not as promised is refused by field and place", () => {
  test.each<[string, unknown]>([
    ["span_id", 7],
    ["span_id", "0x7"],
    ["parent_id", undefined],
    ["start", "1e9"],
    ["duration", ""],
    ["service", null],
    ["error", true],
    ["error", 2],
    ["meta", { a: 1 }],
    ["meta", []],
    ["metrics", { a: "1" }],
    ["metrics", { a: null }],
    ["links", [{}]],
    ["links", null],
    ["events", [{ time: "soon", name: "x", attributes: {} }]],
    ["meta_struct", { a: {} }],
  ])("%s as %j", (field, value) => {
    expect(() => parseTrace(traceWith({ [field]: value }))).toThrow(`${field} of span 1`);
  });
});

test.each([null, [], {}, { trace_id: "ab" }, { trace_id: "ab", spans: {} }, { trace_id: "ab", spans: [null] }])(
  "%j is no trace",
  (body) => {
    expect(() => parseTrace(body)).toThrow(/expected|not a|missing/);
  },
);
