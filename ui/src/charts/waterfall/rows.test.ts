import { describe, expect, test } from "vitest";
import { sampleTrace } from "../../model/sample.ts";
import { buildTrace } from "../../model/tree.ts";
import { layOutRows } from "./rows.ts";

const MODEL = buildTrace(
  sampleTrace([
    [1, 0, 0, 20],
    [2, 1, 1, 10],
    [3, 2, 2, 5],
    [4, 2, 6, 9],
    [5, 1, 11, 19],
  ]),
);

describe("the rows of a waterfall", () => {
  test.each<[string, string[], string[], number[]]>([
    ["all of the tree in order", [], ["1", "2", "3", "4", "5"], [0, 1, 2, 3, 4]],
    ["without what is under a collapsed row", ["2"], ["1", "2", "5"], [0, 1, -1, -1, 2]],
    ["a collapsed leaf changes nothing", ["5"], ["1", "2", "3", "4", "5"], [0, 1, 2, 3, 4]],
    ["the outer of two collapsed rows hides the inner", ["1", "2"], ["1"], [0, -1, -1, -1, -1]],
    ["a name that is not in the trace is ignored", ["99"], ["1", "2", "3", "4", "5"], [0, 1, 2, 3, 4]],
  ])("%s", (_, collapsed, keys, rowOf) => {
    const found = layOutRows(MODEL, new Set(collapsed));
    expect(found.rows.map((node) => node.key)).toEqual(keys);
    expect([...found.rowOf]).toEqual(rowOf);
  });
});
