import { describe, expect, test } from "vitest";
import { absolute, absoluteWithZone, relative } from "./time.ts";

const NOW = Date.UTC(2025, 10, 4, 14, 5, 30);
const ago = (ms: number): bigint => BigInt(NOW - ms) * 1_000_000n;

describe("a moment seen from now", () => {
  test.each([
    [0, "now"],
    [12_000, "12 s ago"],
    [59_400, "59 s ago"],
    [185_000, "3 min ago"],
    [7_300_000, "2 h ago"],
    [4 * 86_400_000, "4 d ago"],
    [-5_000, "in 5 s"],
  ])("%d ms back is %s", (ms, text) => {
    expect(relative(ago(ms), NOW)).toBe(text);
  });
});

test("the day is left out today, and written otherwise", () => {
  expect(absolute(ago(17_796), NOW, "UTC")).toBe("today 14:05:12.204");
  expect(absolute(ago(86_400_000), NOW, "UTC")).toBe("Mon 3 Nov 2025 14:05:30.000");
});

test("on hover the zone is named", () => {
  expect(absoluteWithZone(ago(0), "UTC")).toBe("Tue 4 Nov 2025 14:05:30.000 UTC");
});

test("the last moment that 64 bits hold can be written", () => {
  expect(absoluteWithZone(2n ** 63n - 1n, "UTC")).toContain("2262");
});
