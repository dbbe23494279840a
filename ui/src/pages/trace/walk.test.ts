import { describe, expect, test } from "vitest";
import { layOutRows } from "../../charts/waterfall/rows.ts";
import { sampleTrace } from "../../model/sample.ts";
import { buildTrace } from "../../model/tree.ts";
import { hidingAncestors, nextError, rowBeside, sibling } from "./walk.ts";

const MODEL = buildTrace(
  sampleTrace([
    [1, 0, 0, 20],
    [2, 1, 1, 10, { error: 1 }],
    [3, 2, 2, 5],
    [4, 1, 11, 19, { error: 1 }],
    [5, 0, 21, 22],
  ]),
);
const at = (key: string) => MODEL.byKey.get(key) ?? null;

describe("down and up", () => {
  test.each([
    [null, 1, "1"],
    ["1", 1, "2"],
    ["5", 1, "5"],
    ["1", -1, "1"],
    ["3", 10, "5"],
  ])("from %s by %d is %s", (from, by, to) => {
    expect(rowBeside(layOutRows(MODEL, new Set()), from === null ? null : at(from), by)?.key).toBe(to);
  });

  test("skip what is collapsed", () => {
    expect(rowBeside(layOutRows(MODEL, new Set(["2"])), at("2"), 1)?.key).toBe("4");
  });
});

describe("the next error", () => {
  test.each([
    [null, 1, "2"],
    ["1", 1, "2"],
    ["2", 1, "4"],
    ["4", 1, "2"],
    [null, -1, "4"],
    ["4", -1, "2"],
    ["1", -1, "4"],
  ] as const)("from %s by %d is %s", (from, step, to) => {
    expect(nextError(MODEL, from === null ? null : at(from), step)?.key).toBe(to);
  });

  test("is nothing where there is none", () => {
    expect(nextError(buildTrace(sampleTrace([[1, 0, 0, 1]])), null, 1)).toBeNull();
    expect(nextError(buildTrace(sampleTrace([])), null, 1)).toBeNull();
  });
});

test("siblings are those under the same parent, roots among themselves", () => {
  const steps: readonly [string, number][] = [
    ["2", 1],
    ["4", 1],
    ["4", -1],
    ["1", 1],
  ];
  const reached = steps.map(([key, by]) => sibling(MODEL, MODEL.byKey.get(key) as never, by).key);
  expect(reached).toEqual(["4", "4", "2", "5"]);
});

test("a span is hidden by every collapsed row above it", () => {
  expect(hidingAncestors(MODEL.byKey.get("3") as never, new Set(["1", "2", "3"]))).toEqual(["2", "1"]);
});
