import { describe, expect, test } from "vitest";
import { bytes, count, duration, share } from "./format.ts";

describe("a duration", () => {
  test.each([
    [0, "0"],
    [1, "1 ns"],
    [999, "999 ns"],
    [1_000, "1.00 µs"],
    [812_000, "812 µs"],
    [999_499, "999 µs"],
    [999_999, "1.00 ms"],
    [4_070_000, "4.07 ms"],
    [9_999_000, "10.0 ms"],
    [61_200_000, "61.2 ms"],
    [1_250_000_000, "1.25 s"],
    [59_900_000_000, "59.9 s"],
    [59_960_000_000, "1 min"],
    [134_000_000_000, "2 min 14 s"],
    [3_599_700_000_000, "1 h"],
    [12_000_000_000_000, "3 h 20 min"],
    [207_360_000_000_000, "2.4 d"],
    [-61_200_000, "−61.2 ms"],
  ])("of %d ns reads %s", (ns, text) => {
    expect(duration(ns)).toBe(text);
  });
});

describe("a share", () => {
  test.each([
    [0, "0 %"],
    [0.0004, "< 0.1 %"],
    [0.004, "0.4 %"],
    [0.0996, "10 %"],
    [0.164, "16 %"],
    [1, "100 %"],
  ])("of %d reads %s", (part, text) => {
    expect(share(part)).toBe(text);
  });
});

test("counts take the singular for one alone and separate thousands", () => {
  expect([count(0, "error"), count(1, "span"), count(10_000, "span")]).toEqual(["0 errors", "1 span", "10,000 spans"]);
});

test("sizes step in binary units", () => {
  expect([bytes(0), bytes(1023), bytes(1536), bytes(3 * 1024 * 1024)]).toEqual(["0 B", "1023 B", "1.5 KiB", "3.0 MiB"]);
});
