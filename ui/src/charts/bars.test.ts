import { describe, expect, test } from "vitest";
import { sampleTrace, type SampleRow } from "../model/sample.ts";
import { buildTrace } from "../model/tree.ts";
import { barsOf, LEAST_WIDTH_PX, timeAt, xOf } from "./bars.ts";

const row = (rows: readonly SampleRow[]) => buildTrace(sampleTrace(rows)).nodes;
const WINDOW = { start: 0, end: 1000 };

describe("the bars of a row", () => {
  test("stand where their spans are", () => {
    const bars = barsOf(
      row([
        [1, 0, 0, 100],
        [2, 0, 500, 1000],
      ]),
      WINDOW,
      200,
    );
    expect(bars.map(({ x, width, count }) => [x, width, count])).toEqual([
      [0, 20, 1],
      [100, 100, 1],
    ]);
  });

  test("are cut at the edges of the window", () => {
    const bars = barsOf(
      row([
        [1, 0, 0, 400],
        [2, 0, 600, 1000],
      ]),
      { start: 300, end: 700 },
      400,
    );
    expect(bars.map(({ x, width }) => [x, width])).toEqual([
      [0, 100],
      [300, 100],
    ]);
  });

  test("leave out what is outside the window", () => {
    const bars = barsOf(
      row([
        [1, 0, 0, 100],
        [2, 0, 500, 600],
        [3, 0, 900, 1000],
      ]),
      { start: 400, end: 700 },
      300,
    );
    expect(bars.map(({ node }) => node.key)).toEqual(["2"]);
  });

  test("of no length are still seen", () => {
    const bars = barsOf(
      row([
        [1, 0, 0, 1000],
        [2, 1, 1000, 1000],
      ]).slice(1),
      WINDOW,
      100,
    );
    expect(bars[0]?.width).toBe(LEAST_WIDTH_PX);
  });

  test("are joined where they are too narrow, as the longest, keeping an error in sight", () => {
    const bars = barsOf(
      row([
        [1, 0, 0, 1],
        [2, 0, 2, 5],
        [3, 0, 6, 7, { error: 1 }],
        [4, 0, 500, 900],
      ]),
      WINDOW,
      100,
    );
    expect(bars.map(({ node, count, error }) => [node.key, count, error])).toEqual([
      ["2", 3, true],
      ["4", 1, false],
    ]);
  });
});

test("a wide bar is one span, whatever narrow neighbours it took in", () => {
  const spans: SampleRow[] = [
    [1, 0, 0, 1],
    [2, 0, 2, 900],
  ];
  expect(barsOf(row(spans), WINDOW, 100).map(({ node, count }) => [node.key, count])).toEqual([["2", 2]]);
  const narrow = Array.from({ length: 100 }, (_, i): SampleRow => [i + 1, 0, i * 10, i * 10 + 9]);
  const widths = barsOf(row(narrow), WINDOW, 40).map((bar) => bar.width);
  expect(Math.max(...widths)).toBeLessThanOrEqual(2 * LEAST_WIDTH_PX);
});

test("a row of ten thousand spans costs no more bars than it has pixels", () => {
  const rows = Array.from({ length: 10_000 }, (_, i): SampleRow => [i + 1, 0, i * 10, i * 10 + 6]);
  expect(barsOf(row(rows), { start: 0, end: 100_000 }, 800).length).toBeLessThanOrEqual(800);
});

test("pixels and times are two ways to say the same", () => {
  const window = { start: 200, end: 600 };
  expect(timeAt(xOf(350, window, 800), window, 800)).toBe(350);
});
