import { describe, expect, test } from "vitest";
import { around, isWhole, NARROWEST_NS, pan, wholeOf, within, zoom } from "./window.ts";

const WHOLE = { start: 0, end: 1000 };

test("zooming keeps what is under the cursor under the cursor", () => {
  const zoomed = zoom(WHOLE, WHOLE, 250, 0.5);
  expect(zoomed).toEqual({ start: 125, end: 625 });
  expect((250 - zoomed.start) / (zoomed.end - zoomed.start)).toBeCloseTo(0.25);
});

describe("the window never leaves the trace", () => {
  test.each([
    ["zoom out past everything", zoom({ start: 100, end: 300 }, WHOLE, 200, 100), WHOLE],
    ["pan past the start", pan({ start: 100, end: 300 }, WHOLE, -500), { start: 0, end: 200 }],
    ["pan past the end", pan({ start: 100, end: 300 }, WHOLE, 5000), { start: 800, end: 1000 }],
    ["wider than the trace", within({ start: -10, end: 5000 }, WHOLE), WHOLE],
    ["a span at the very start", around(0, 100, WHOLE), { start: 0, end: 120 }],
  ])("%s", (_, window, expected) => {
    expect(window).toEqual(expected);
  });
});

test("zooming in ends at the narrowest window", () => {
  const { start, end } = zoom({ start: 500, end: 520 }, WHOLE, 510, 0.001);
  expect(end - start).toBeCloseTo(NARROWEST_NS);
});

test("a trace of no length still has a window", () => {
  expect(wholeOf(0)).toEqual({ start: 0, end: NARROWEST_NS });
  expect(isWhole(wholeOf(0), wholeOf(0))).toBe(true);
});
