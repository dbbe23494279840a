import { describe, expect, test } from "vitest";
import { ticks } from "./ticks.ts";

describe("a ruler", () => {
  test.each<[string, number, number, number, string[]]>([
    ["61.2 ms in at most 5", 0, 61.2e6, 5, ["0", "20 ms", "40 ms", "60 ms"]],
    ["a window in the middle", 31e6, 39e6, 4, ["32 ms", "34 ms", "36 ms", "38 ms"]],
    ["parts of a second in seconds", 0, 1.1e9, 6, ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s"]],
    ["minutes in sixties", 0, 150e9, 5, ["0", "30 s", "60 s", "90 s", "120 s", "150 s"]],
    ["hours", 0, 5 * 3600e9, 5, ["0", "1 h", "2 h", "3 h", "4 h", "5 h"]],
    ["days of a release", 0, 2.4 * 86_400e9, 3, ["0", "1 d", "2 d"]],
    ["single nanoseconds", 0, 10, 5, ["0", "2 ns", "4 ns", "6 ns", "8 ns", "10 ns"]],
  ])("over %s", (_, start, end, most, labels) => {
    expect(ticks({ start, end }, most).map((tick) => tick.label)).toEqual(labels);
  });
});

test("ticks stay within the window and never exceed the number asked for by more than the closing one", () => {
  for (const end of [7, 99, 12_345, 9.9e7, 3.3e12, 1e17, 3e17]) {
    const marks = ticks({ start: end / 3, end }, 8);
    expect(marks.length).toBeLessThanOrEqual(9);
    for (const { at } of marks) expect(at >= end / 3 && at <= end).toBe(true);
  }
});
