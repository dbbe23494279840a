import { expect, test } from "vitest";
import { addressOf } from "../../base/location.ts";
import { readTracesUrl, writeTracesUrl, type TracesState } from "./url.ts";

test.each<TracesState>([{ selected: null }, { selected: "6b010f38000000000000000000005e35" }, { selected: "a&b=c" }])(
  "the state %j survives its address",
  (state) => {
    expect(readTracesUrl(addressOf(writeTracesUrl(state)))).toEqual(state);
  },
);

test("parameters that Datadog's links carry are no hindrance", () => {
  expect(readTracesUrl(addressOf("/apm/traces?query=env:demo&start=1&end=2"))).toEqual({ selected: null });
});

test("other pages are not the list", () => {
  expect(readTracesUrl(addressOf("/apm/trace/1"))).toBeNull();
});
