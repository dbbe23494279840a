import { describe, expect, test } from "vitest";
import { addressOf } from "../../base/location.ts";
import { traceAddress } from "../addresses.ts";
import { readTraceUrl, writeTraceUrl, type TraceState } from "./url.ts";

const PLAIN: TraceState = {
  traceId: "6b010f38000000000000000000005e35",
  selected: null,
  view: "waterfall",
  window: null,
  collapsed: [],
};

describe("the state of a trace page survives its address", () => {
  test.each<[string, TraceState]>([
    ["as it is opened", PLAIN],
    ["with a span", { ...PLAIN, selected: "17654321098765432100" }],
    ["with the second span of an id", { ...PLAIN, selected: "42~2" }],
    ["as flame graph", { ...PLAIN, view: "flamegraph" }],
    ["zoomed", { ...PLAIN, window: { start: 1_000, end: 61_200_000 } }],
    ["collapsed", { ...PLAIN, collapsed: ["1", "missing-absent-7", "42~2"] }],
    [
      "everything",
      { traceId: "123", selected: "9", view: "flamegraph", window: { start: 0, end: 5 }, collapsed: ["1"] },
    ],
    ["an id that needs escaping", { ...PLAIN, traceId: "a b?c&d%" }],
  ])("%s", (_, state) => {
    expect(readTraceUrl(addressOf(writeTraceUrl(state)))).toEqual(state);
  });
});

describe("what an address says", () => {
  test.each<[string, Partial<TraceState>]>([
    [
      "/apm/trace/123?spanID=9&graphType=flamegraph&timeHint=17&shouldShowLegend=true",
      { traceId: "123", selected: "9", view: "flamegraph" },
    ],
    ["/apm/trace/123?graphType=span_list", { view: "waterfall" }],
    ["/apm/trace/123?window=9-3", { window: null }],
    ["/apm/trace/123?window=-3-9", { window: null }],
    ["/apm/trace/123?collapsed=", { collapsed: [] }],
    ["/apm/trace/%E0%A4%A", { traceId: "%E0%A4%A" }],
  ])("%s", (address, expected) => {
    expect(readTraceUrl(addressOf(address))).toMatchObject(expected);
  });
});

test.each(["/apm/trace/", "/apm/trace/1/2", "/apm/traces", "/"])("%s is not the address of a trace", (address) => {
  expect(readTraceUrl(addressOf(address))).toBeNull();
});

test("thousands of collapsed rows do not make the address unpasteable; the latest are kept", () => {
  const collapsed = Array.from({ length: 5_000 }, (_, i) => String(10n ** 19n + BigInt(i)));
  const address = writeTraceUrl({ ...PLAIN, collapsed });
  expect(address.length).toBeLessThan(8_000);
  expect(readTraceUrl(addressOf(address))?.collapsed.at(-1)).toBe(collapsed.at(-1));
});

test("a link to a span leads to it", () => {
  expect(readTraceUrl(addressOf(traceAddress("123", "9")))).toMatchObject({ traceId: "123", selected: "9" });
});
