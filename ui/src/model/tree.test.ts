import { describe, expect, test } from "vitest";
import { sampleTrace, type SampleRow } from "./sample.ts";
import { ancestors, type TraceModel } from "./trace.ts";
import { buildTrace } from "./tree.ts";

/** The tree as text: two spaces per level, `?` for a stand-in. */
function outline(model: TraceModel): string[] {
  return model.nodes.map(
    (node) =>
      "  ".repeat(node.depth) + (node.missing === null ? node.key : `? ${node.missing.reason} ${node.missing.spanId}`),
  );
}

// prettier-ignore
const CASES: readonly [name: string, rows: readonly SampleRow[], expected: readonly string[]][] = [
  ["an empty trace", [], []],
  ["a trace of one span", [[1, 0, 0, 5]], ["1"]],
  ["children stand under their parent by start", [[3, 1, 6, 9], [2, 1, 1, 5], [1, 0, 0, 10]], ["1", "  2", "  3"]],
  ["of siblings that start together the longer comes first", [[1, 0, 0, 10], [2, 1, 1, 2], [3, 1, 1, 5]], ["1", "  3", "  2"]],
  ["several roots stand side by side", [[2, 0, 5, 9], [1, 0, 0, 3]], ["1", "2"]],
  ["those who name the same absent parent share one stand-in", [[1, 0, 0, 10], [2, 77, 3, 4], [3, 77, 5, 6]], ["1", "? absent 77", "  2", "  3"]],
  ["a span that is its own parent is cut loose", [[1, 1, 0, 5], [2, 1, 1, 2]], ["? cycle 1", "  1", "    2"]],
  ["a circle is cut at its earliest span", [[2, 3, 4, 5], [3, 1, 2, 9], [1, 2, 0, 9], [4, 3, 3, 4]], ["? cycle 2", "  1", "    3", "      4", "      2"]],
  ["a child may start before its parent", [[1, 0, 5, 9], [2, 1, 0, 3]], ["1", "  2"]],
  ["equal span ids are told apart", [[1, 0, 0, 9], [1, 0, 1, 3]], ["1", "1~2"]],
  [
    "of two parents with one id the child takes that of its service",
    [[1, 0, 0, 9], [2, 1, 1, 8], [2, 1, 2, 7, { service: "db" }], [3, 2, 3, 4, { service: "db" }]],
    ["1", "  2", "  2~2", "    3"],
  ],
  ["a server that shares its client's id may name it as parent", [[1, 0, 0, 9], [1, 1, 1, 8, { service: "db" }]], ["1", "  1~2"]],
];

describe("the tree", () => {
  test.each(CASES)("%s", (_, rows, expected) => {
    expect(outline(buildTrace(sampleTrace(rows)))).toEqual(expected);
  });
});

test("two circles that never meet are cut once each, and nothing is lost", () => {
  const model = buildTrace(
    sampleTrace([
      [1, 2, 0, 1],
      [2, 1, 1, 2],
      [3, 4, 5, 6],
      [4, 3, 6, 7],
    ]),
  );
  expect(outline(model)).toEqual(["? cycle 2", "  1", "    2", "? cycle 4", "  3", "    4"]);
});

test("times count from the earliest start", () => {
  const model = buildTrace(
    sampleTrace([
      [1, 0, 500, 900],
      [2, 1, 200, 2000],
    ]),
  );
  expect(model.start % 1000n).toBe(200n);
  expect(model.duration).toBe(1800);
  expect(model.nodes.map((node) => [node.start, node.end])).toEqual([
    [300, 700],
    [0, 1800],
  ]);
});

test("a stand-in is as long as what hangs under it", () => {
  const model = buildTrace(
    sampleTrace([
      [2, 7, 10, 20],
      [3, 7, 0, 5],
    ]),
  );
  expect(model.nodes[0]).toMatchObject({ start: 0, end: 20, span: null });
});

test("errors are summed to the top, and each node knows where its subtree ends", () => {
  const model = buildTrace(
    sampleTrace([
      [1, 0, 0, 9],
      [2, 1, 1, 5, { error: 1 }],
      [3, 2, 2, 3, { error: 1 }],
      [4, 1, 6, 7],
    ]),
  );
  expect(model.nodes.map((node) => node.errors)).toEqual([2, 2, 1, 0]);
  expect(model.nodes.map((node) => node.last)).toEqual([4, 3, 3, 4]);
  expect(model.errorCount).toBe(2);
});

describe("the root that names a trace", () => {
  test.each<[string, readonly SampleRow[], string | undefined]>([
    [
      "is the earliest span without a parent",
      [
        [1, 9, 0, 9],
        [2, 0, 3, 4],
        [3, 0, 1, 2],
      ],
      "3",
    ],
    [
      "else the earliest whose parent is absent",
      [
        [4, 9, 5, 9],
        [5, 8, 1, 2],
      ],
      "5",
    ],
    ["is nothing in an empty trace", [], undefined],
  ])("%s", (_, rows, key) => {
    expect(buildTrace(sampleTrace(rows)).root?.key).toBe(key);
  });
});

test("ten thousand levels are walked without recursion", () => {
  const rows = Array.from({ length: 10_000 }, (_, i): SampleRow => [i + 1, i, i, 20_000 - i]);
  const model = buildTrace(sampleTrace(rows));
  expect(model.nodes.at(-1)?.depth).toBe(9_999);
  expect(ancestors(model.nodes[2] as never).map((node) => node.key)).toEqual(["2", "1"]);
});

test("a thousand spans of one id, each its own parent, are all placed", () => {
  const rows = Array.from({ length: 1_000 }, (_, i): SampleRow => [7, 7, i, i + 1, { service: `service-${i}` }]);
  const model = buildTrace(sampleTrace(rows));
  expect(model.nodes.filter((node) => node.span !== null).length).toBe(1_000);
  expect(model.byKey.size).toBe(model.nodes.length);
});
