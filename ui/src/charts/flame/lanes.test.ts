import { describe, expect, test } from "vitest";
import { sampleTrace, type SampleRow } from "../../model/sample.ts";
import { buildTrace } from "../../model/tree.ts";
import { layOutLanes, type Lanes } from "./lanes.ts";

const lanes = (rows: readonly SampleRow[]): Lanes => layOutLanes(buildTrace(sampleTrace(rows)));
const keys = ({ rows }: Lanes): string[][] => rows.map((row) => row.map((node) => node.key));

// prettier-ignore
const CASES: readonly [name: string, rows: readonly SampleRow[], expected: readonly string[][]][] = [
  ["nothing", [], []],
  ["one span", [[1, 0, 0, 9]], [["1"]]],
  ["children in turn share the row under their parent", [[1, 0, 0, 9], [2, 1, 1, 4], [3, 1, 4, 8]], [["1"], ["2", "3"]]],
  ["children at once get rows of their own", [[1, 0, 0, 9], [2, 1, 1, 6], [3, 1, 4, 8]], [["1"], ["2"], ["3"]]],
  [
    "a sibling moves below the whole block of the one it overlaps",
    [[1, 0, 0, 20], [2, 1, 1, 10], [3, 2, 2, 9], [4, 1, 5, 15], [5, 4, 6, 14]],
    [["1"], ["2"], ["3"], ["4"], ["5"]],
  ],
  ["a row is used again when it is free", [[1, 0, 0, 20], [2, 1, 0, 9], [3, 1, 5, 15], [4, 1, 10, 20]], [["1"], ["2", "4"], ["3"]]],
  ["a child that outlives its parent keeps the next sibling off its row", [[1, 0, 0, 20], [2, 1, 0, 5], [3, 2, 4, 12], [4, 1, 6, 9], [5, 4, 7, 8]], [["1"], ["2"], ["3"], ["4"], ["5"]]],
  ["roots are packed like siblings", [[1, 0, 0, 5], [2, 0, 5, 9], [3, 0, 6, 8]], [["1", "2"], ["3"]]],
  ["a stand-in has a row like any parent", [[2, 9, 0, 5]], [["missing-absent-9"], ["2"]]],
];

describe("the rows of a flame graph", () => {
  test.each(CASES)("%s", (_, rows, expected) => {
    expect(keys(lanes(rows))).toEqual(expected);
  });
});

test("whatever the trace, no two spans of a row overlap and every child is below its parent", () => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
  const rows = Array.from({ length: 2_000 }, (_, i): SampleRow => {
    const start = random(10_000);
    return [i + 1, random(i + 1), start, start + 1 + random(500)];
  });
  const model = buildTrace(sampleTrace(rows));
  const { rows: found, rowOf } = layOutLanes(model);
  for (const row of found) {
    for (let i = 1; i < row.length; i++) expect(row[i]?.start).toBeGreaterThanOrEqual(row[i - 1]?.end ?? 0);
  }
  for (const node of model.nodes) expect(rowOf[node.index]).toBeGreaterThan(rowOf[node.parent?.index ?? -1] ?? -1);
});

test("ten thousand spans at once are all placed", () => {
  const found = lanes(Array.from({ length: 10_000 }, (_, i): SampleRow => [i + 1, 0, i, 50_000]));
  expect(found.rows.length).toBe(10_000);
});
